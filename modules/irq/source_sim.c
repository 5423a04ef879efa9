// SPDX-License-Identifier: GPL-2.0
/*
 * An interrupt line of our own, for machines without the device: an interrupt
 * domain with one line, which an irq_work fires. That runs in hard interrupt
 * (the CPU interrupts itself), so all that follows is what a device would cause.
 */
#include <linux/irq.h>
#include <linux/irq_work.h>
#include <linux/irqdomain.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "driver.h"

/**
 * struct sim - the line
 * @src:    what the engine knows
 * @domain: with one interrupt, number 0
 * @work:   fires it
 */
struct sim {
	struct oirq_source src;
	struct irq_domain *domain;
	struct irq_work work;
};

static void sim_interrupt(struct irq_work *work)
{
	struct sim *sim = container_of(work, struct sim, work);

	generic_handle_domain_irq(sim->domain, 0);
}

/* Nothing to mask: what is fired while the line is disabled is simply lost. */
static void sim_mask(struct irq_data *data)
{
}

static struct irq_chip sim_chip = {
	.name = OIRQ_NAME,
	.irq_mask = sim_mask,
	.irq_unmask = sim_mask,
};

static int sim_map(struct irq_domain *domain, unsigned int irq, irq_hw_number_t hwirq)
{
	irq_set_chip_and_handler(irq, &sim_chip, handle_simple_irq);
	irq_set_noprobe(irq);
	return 0;
}

static const struct irq_domain_ops sim_domain_ops = { .map = sim_map };

static void sim_fire(struct oirq_source *src)
{
	irq_work_queue(&container_of(src, struct sim, src)->work);
}

static enum oirq_ack sim_ack(struct oirq_source *src)
{
	return OIRQ_ACK_FIRED;
}

static const struct oirq_source_ops sim_ops = { .fire = sim_fire, .ack = sim_ack };

/**
 * oirq_sim_new - make a line
 *
 * Return: it, or an error pointer.
 */
struct oirq_source *oirq_sim_new(void)
{
	struct sim *sim = kzalloc(sizeof(*sim), GFP_KERNEL);
	struct fwnode_handle *fwnode;
	int ret = -ENOMEM;

	if (!sim)
		return ERR_PTR(-ENOMEM);
	fwnode = irq_domain_alloc_named_fwnode(OIRQ_NAME);
	if (!fwnode)
		goto err_sim;
	sim->domain = irq_domain_create_linear(fwnode, 1, &sim_domain_ops, sim);
	if (!sim->domain)
		goto err_fwnode;
	sim->src.irq = irq_create_mapping(sim->domain, 0);
	if (!sim->src.irq)
		goto err_domain;
	sim->work = IRQ_WORK_INIT_HARD(sim_interrupt);
	sim->src.ops = &sim_ops;
	sim->src.kind = OSTRACE_IRQ_SOURCE_SIM;
	strscpy(sim->src.name, "sim", sizeof(sim->src.name));
	return &sim->src;

err_domain:
	irq_domain_remove(sim->domain);
err_fwnode:
	irq_domain_free_fwnode(fwnode);
err_sim:
	kfree(sim);
	return ERR_PTR(ret);
}

/**
 * oirq_sim_free - undo oirq_sim_new()
 * @src: detached; or NULL
 */
void oirq_sim_free(struct oirq_source *src)
{
	struct fwnode_handle *fwnode;
	struct sim *sim;

	if (!src)
		return;
	sim = container_of(src, struct sim, src);
	fwnode = sim->domain->fwnode;
	irq_work_sync(&sim->work);
	irq_dispose_mapping(src->irq);
	irq_domain_remove(sim->domain);
	irq_domain_free_fwnode(fwnode);
	kfree(sim);
}
