// SPDX-License-Identifier: GPL-2.0
/*
 * QEMU's edu device (docs/specs/edu.rst there): a PCI function that interrupts
 * when told to, computes factorials, and copies memory, with an interrupt at the
 * end of each.
 */
#include <linux/completion.h>
#include <linux/dma-mapping.h>
#include <linux/io.h>
#include <linux/io-64-nonatomic-lo-hi.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>

#include "driver.h"

#define EDU_VENDOR 0x1234
#define EDU_DEVICE 0x11e8

/* Registers in BAR 0. Below 0x80, 32 bits wide only. */
#define EDU_ID 0x00
#define EDU_LIVE 0x04 /* reads as the inverse of what was written */
#define EDU_FACTORIAL 0x08
#define EDU_STATUS 0x20
#define EDU_IRQ_STATUS 0x24
#define EDU_IRQ_RAISE 0x60
#define EDU_IRQ_ACK 0x64
#define EDU_DMA_FROM 0x80
#define EDU_DMA_TO 0x88
#define EDU_DMA_COUNT 0x90
#define EDU_DMA_COMMAND 0x98

#define EDU_STATUS_COMPUTING 0x01
#define EDU_STATUS_IRQ 0x80 /* interrupt when the factorial is there */

#define EDU_DMA_START 0x01
#define EDU_DMA_TO_RAM 0x02
#define EDU_DMA_IRQ 0x04

/* In EDU_IRQ_STATUS: two of the device's own, and the one we raise. */
#define EDU_IRQ_FACTORIAL 0x001
#define EDU_IRQ_DMA 0x100
#define EDU_IRQ_FIRED 0x002

/* Where the device has 4 KiB of memory, for DMA to know. */
#define EDU_BUFFER 0x40000
#define EDU_BUFFER_SIZE 4096

/* The address lines it has for DMA. */
#define EDU_DMA_BITS 28

/* DMA takes the device 100 ms, and an emulated machine may take its time too. */
#define EDU_TIMEOUT msecs_to_jiffies(5000)

static bool msi = true;
module_param(msi, bool, 0444);
MODULE_PARM_DESC(msi, "let the edu device use message signalled interrupts (default: yes)");

/**
 * struct edu - the device
 * @src:       what the engine knows
 * @pdev:      what PCI knows
 * @regs:      BAR 0
 * @buffer:    both ends of a copy to the device and back
 * @dma:       its address for the device
 * @mutex:     one computation or copy at a time; protects @factorial
 * @done:      the device's interrupt for it came
 * @factorial: the last result
 */
struct edu {
	struct oirq_source src;
	struct pci_dev *pdev;
	void __iomem *regs;
	void *buffer;
	dma_addr_t dma;
	struct mutex mutex;
	struct completion done;
	u32 factorial;
};

static void edu_fire(struct oirq_source *src)
{
	struct edu *edu = container_of(src, struct edu, src);

	writel(EDU_IRQ_FIRED, edu->regs + EDU_IRQ_RAISE);
}

static enum oirq_ack edu_ack(struct oirq_source *src)
{
	struct edu *edu = container_of(src, struct edu, src);
	u32 status = readl(edu->regs + EDU_IRQ_STATUS);

	/* All ones: the device was pulled out. */
	if (!status || status == U32_MAX)
		return OIRQ_ACK_NOT_OURS;
	writel(status, edu->regs + EDU_IRQ_ACK);
	if (status & (EDU_IRQ_FACTORIAL | EDU_IRQ_DMA))
		complete(&edu->done);
	/* The line must be seen low before the handler returns. */
	readl(edu->regs + EDU_IRQ_STATUS);
	return status & EDU_IRQ_FIRED ? OIRQ_ACK_FIRED : OIRQ_ACK_OTHER;
}

/*
 * What is asserted on a wire stays so, and with nobody left to acknowledge it the
 * others on that wire would hear of nothing else.
 */
static void edu_quiet(struct oirq_source *src)
{
	struct edu *edu = container_of(src, struct edu, src);

	writel(readl(edu->regs + EDU_IRQ_STATUS), edu->regs + EDU_IRQ_ACK);
	readl(edu->regs + EDU_IRQ_STATUS); /* it has reached the device */
}

static const struct oirq_source_ops edu_ops = {
	.fire = edu_fire,
	.ack = edu_ack,
	.quiet = edu_quiet,
};

/* ------------------------------------------------ factorial and DMA, by sysfs */

static int edu_wait(struct edu *edu)
{
	return wait_for_completion_timeout(&edu->done, EDU_TIMEOUT) ? 0 : -ETIMEDOUT;
}

static ssize_t factorial_store(struct device *dev, struct device_attribute *attr, const char *buf,
			       size_t count)
{
	struct edu *edu = dev_get_drvdata(dev);
	u32 n;
	int ret = oirq_knobs_parse_number(buf, 12, &n); /* 13! has more than 32 bits */

	if (ret)
		return ret;
	mutex_lock(&edu->mutex);
	reinit_completion(&edu->done);
	writel(EDU_STATUS_IRQ, edu->regs + EDU_STATUS);
	writel(n, edu->regs + EDU_FACTORIAL);
	ret = edu_wait(edu);
	if (!ret && readl(edu->regs + EDU_STATUS) & EDU_STATUS_COMPUTING)
		ret = -EIO;
	if (!ret)
		edu->factorial = readl(edu->regs + EDU_FACTORIAL);
	writel(0, edu->regs + EDU_STATUS);
	mutex_unlock(&edu->mutex);
	return ret ? ret : count;
}

static ssize_t factorial_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct edu *edu = dev_get_drvdata(dev);
	u32 result;

	mutex_lock(&edu->mutex);
	result = edu->factorial;
	mutex_unlock(&edu->mutex);
	return sysfs_emit(buf, "%u\n", result);
}
static DEVICE_ATTR_RW(factorial);

static int edu_copy(struct edu *edu, u64 from, u64 to, u32 size, u32 direction)
{
	reinit_completion(&edu->done);
	writeq(from, edu->regs + EDU_DMA_FROM);
	writeq(to, edu->regs + EDU_DMA_TO);
	writeq(size, edu->regs + EDU_DMA_COUNT);
	writeq(EDU_DMA_START | EDU_DMA_IRQ | direction, edu->regs + EDU_DMA_COMMAND);
	return edu_wait(edu);
}

/* Copies half a buffer to the device and back into the other half. */
static ssize_t dma_test_store(struct device *dev, struct device_attribute *attr, const char *buf,
			      size_t count)
{
	struct edu *edu = dev_get_drvdata(dev);
	u32 half = EDU_BUFFER_SIZE / 2, i;
	u8 *bytes = edu->buffer;
	u32 seed;
	int ret = oirq_knobs_parse_number(buf, 255, &seed);

	if (ret)
		return ret;
	mutex_lock(&edu->mutex);
	for (i = 0; i < half; i++)
		bytes[i] = seed + 7 * i;
	memset(bytes + half, ~seed, half);
	ret = edu_copy(edu, edu->dma, EDU_BUFFER, half, 0);
	if (!ret)
		ret = edu_copy(edu, EDU_BUFFER, edu->dma + half, half, EDU_DMA_TO_RAM);
	if (!ret && memcmp(bytes, bytes + half, half))
		ret = -EIO;
	mutex_unlock(&edu->mutex);
	return ret ? ret : count;
}
static DEVICE_ATTR_WO(dma_test);

static struct attribute *edu_attrs[] = {
	&dev_attr_factorial.attr,
	&dev_attr_dma_test.attr,
	NULL,
};

static const struct attribute_group edu_group = { .name = OIRQ_NAME, .attrs = edu_attrs };
static const struct attribute_group *edu_groups[] = { &edu_group, NULL };

/* ------------------------------------------------------------ coming and going */

static int edu_check(struct edu *edu)
{
	u32 id = readl(edu->regs + EDU_ID);
	u32 probe = 0x5a0ff0a5;

	writel(probe, edu->regs + EDU_LIVE);
	if ((id & 0xff) == 0xed && readl(edu->regs + EDU_LIVE) == ~probe)
		return 0;
	pci_err(edu->pdev, "this is no edu device (id %#x)\n", id);
	return -ENODEV;
}

static int edu_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	unsigned int kinds = PCI_IRQ_INTX | (msi ? PCI_IRQ_MSI : 0);
	struct edu *edu;
	int ret;

	edu = kzalloc(sizeof(*edu), GFP_KERNEL);
	if (!edu)
		return -ENOMEM;
	edu->pdev = pdev;
	mutex_init(&edu->mutex);
	init_completion(&edu->done);
	ret = pci_enable_device_mem(pdev);
	if (ret)
		goto err_edu;
	ret = pci_request_regions(pdev, OIRQ_NAME);
	if (ret)
		goto err_enable;
	edu->regs = pci_iomap(pdev, 0, 0);
	if (!edu->regs) {
		ret = -ENOMEM;
		goto err_regions;
	}
	ret = edu_check(edu);
	if (ret)
		goto err_map;
	ret = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(EDU_DMA_BITS));
	if (ret)
		goto err_map;
	edu->buffer = dma_alloc_coherent(&pdev->dev, EDU_BUFFER_SIZE, &edu->dma, GFP_KERNEL);
	if (!edu->buffer) {
		ret = -ENOMEM;
		goto err_map;
	}
	pci_set_master(pdev);
	ret = pci_alloc_irq_vectors(pdev, 1, 1, kinds);
	if (ret < 0)
		goto err_master;

	edu->src.ops = &edu_ops;
	edu->src.kind = OSTRACE_IRQ_SOURCE_EDU;
	edu->src.irq = pci_irq_vector(pdev, 0);
	edu->src.msi = pdev->msi_enabled;
	edu->src.shared = !pdev->msi_enabled;
	scnprintf(edu->src.name, sizeof(edu->src.name), "edu %s", pci_name(pdev));
	pci_set_drvdata(pdev, edu);
	ret = oirq_source_arrived(&edu->src);
	if (ret)
		goto err_vectors;
	return 0;

err_vectors:
	pci_free_irq_vectors(pdev);
err_master:
	pci_clear_master(pdev);
	dma_free_coherent(&pdev->dev, EDU_BUFFER_SIZE, edu->buffer, edu->dma);
err_map:
	pci_iounmap(pdev, edu->regs);
err_regions:
	pci_release_regions(pdev);
err_enable:
	pci_disable_device(pdev);
err_edu:
	kfree(edu);
	return ret;
}

/*
 * The attributes are gone by now and nobody is in them. Whether the device still
 * answers or not makes no difference: what it says is not believed.
 */
static void edu_remove(struct pci_dev *pdev)
{
	struct edu *edu = pci_get_drvdata(pdev);

	oirq_source_left(&edu->src);
	pci_free_irq_vectors(pdev);
	pci_clear_master(pdev); /* before the buffer: no copy may be under way */
	dma_free_coherent(&pdev->dev, EDU_BUFFER_SIZE, edu->buffer, edu->dma);
	pci_iounmap(pdev, edu->regs);
	pci_release_regions(pdev);
	pci_disable_device(pdev);
	kfree(edu);
}

static int edu_suspend(struct device *dev)
{
	struct edu *edu = dev_get_drvdata(dev);

	oirq_engine_pause();
	edu_quiet(&edu->src);
	synchronize_irq(edu->src.irq);
	return 0;
}

static int edu_resume(struct device *dev)
{
	struct edu *edu = dev_get_drvdata(dev);

	edu_quiet(&edu->src); /* whatever it woke up with */
	oirq_engine_resume();
	return 0;
}

static DEFINE_SIMPLE_DEV_PM_OPS(edu_pm_ops, edu_suspend, edu_resume);

static const struct pci_device_id edu_ids[] = { { PCI_DEVICE(EDU_VENDOR, EDU_DEVICE) }, {} };
MODULE_DEVICE_TABLE(pci, edu_ids);

static struct pci_driver edu_driver = {
	.name = OIRQ_NAME,
	.id_table = edu_ids,
	.probe = edu_probe,
	.remove = edu_remove,
	.dev_groups = edu_groups,
	.driver.pm = pm_sleep_ptr(&edu_pm_ops),
};

/**
 * oirq_edu_register - take the device if it is there, or when it comes
 *
 * Return: 0 or an error; no device is not one.
 */
int oirq_edu_register(void)
{
	return pci_register_driver(&edu_driver);
}

/**
 * oirq_edu_unregister - undo oirq_edu_register()
 */
void oirq_edu_unregister(void)
{
	pci_unregister_driver(&edu_driver);
}
