// SPDX-License-Identifier: GPL-2.0
/*
 * What a request from user space has to fulfil before anyone acts on it.
 */
#include "abi.h"

#define REQUEST(command, type, is_admin)                       \
	{                                                      \
		.cmd = command,                                \
		.size = sizeof(struct type),                   \
		.admin = is_admin,                             \
		.zero = offsetof(struct type, reserved),       \
		.zeros = sizeof(((struct type *)0)->reserved), \
	}

static const struct oirq_request requests[] = {
	REQUEST(OSTRACE_IRQ_INFO, ostrace_irq_info, false),
	REQUEST(OSTRACE_IRQ_DESCRIBE, ostrace_irq_describe, false),
	REQUEST(OSTRACE_IRQ_STATS, ostrace_irq_stats, false),
	REQUEST(OSTRACE_IRQ_STREAM, ostrace_irq_stream, false),
	REQUEST(OSTRACE_IRQ_GET_KNOBS, ostrace_irq_knobs, false),
	REQUEST(OSTRACE_IRQ_SET_KNOBS, ostrace_irq_knobs, true),
	REQUEST(OSTRACE_IRQ_FIRE, ostrace_irq_fire, true),
	REQUEST(OSTRACE_IRQ_STORM, ostrace_irq_storm, true),
};

static_assert(OSTRACE_IRQ_SLOTS == OSTRACE_HIST_SLOTS);
static_assert(OSTRACE_IRQ_NR_MECH <= OSTRACE_IRQ_MAX_MECH);
/* No padding, and the same for 32-bit programs: all fields are aligned to their size. */
static_assert(sizeof(struct ostrace_irq_record) == 56);
static_assert(sizeof(struct ostrace_irq_info) == 200);
static_assert(sizeof(struct ostrace_irq_describe) == 200);
static_assert(sizeof(struct ostrace_irq_knobs) == 184);
static_assert(sizeof(struct ostrace_irq_dist) == 1304);
static_assert(sizeof(struct ostrace_irq_stats) == 2736);
static_assert(sizeof(struct ostrace_irq_fire) == 16);
static_assert(sizeof(struct ostrace_irq_storm) == 16);
static_assert(sizeof(struct ostrace_irq_stream) == 48);

/**
 * oirq_abi_find - look a request up
 * @cmd: its number, with the size and direction in it
 *
 * Return: its row, or NULL.
 */
const struct oirq_request *oirq_abi_find(u32 cmd)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(requests); i++)
		if (requests[i].cmd == cmd)
			return &requests[i];
	return NULL;
}
EXPORT_SYMBOL_IF_KUNIT(oirq_abi_find);

/**
 * oirq_abi_check - check what all requests have in common
 * @r:    its row
 * @data: the structure as it came
 *
 * Return: 0, -EINVAL or -EPROTONOSUPPORT.
 */
int oirq_abi_check(const struct oirq_request *r, const void *data)
{
	const struct ostrace_irq_head *head = data;
	const u8 *byte = data;
	u32 i;

	if (head->size != r->size)
		return -EINVAL;
	if (head->abi != OSTRACE_IRQ_ABI)
		return -EPROTONOSUPPORT;
	for (i = r->zero; i < r->zero + r->zeros; i++)
		if (byte[i])
			return -EINVAL;
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(oirq_abi_check);

/**
 * oirq_abi_check_stats - does it ask for a mechanism and a CPU that exist?
 * @s:       the request
 * @nr_cpus: CPU numbers go from 0 to this, exclusive
 *
 * Return: 0 or -EINVAL.
 */
int oirq_abi_check_stats(const struct ostrace_irq_stats *s, u32 nr_cpus)
{
	if (s->mech >= OIRQ_NR_MECH)
		return -EINVAL;
	if (s->cpu < -1 || (s->cpu >= 0 && (u32)s->cpu >= nr_cpus))
		return -EINVAL;
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(oirq_abi_check_stats);

/**
 * oirq_abi_knobs_in - take the knobs out of a request
 * @to:   set on success; not yet checked by oirq_knobs_check()
 * @from: the request
 *
 * Return: 0, or -EINVAL if it says something about mechanisms there are not.
 */
int oirq_abi_knobs_in(struct oirq_knobs *to, const struct ostrace_irq_knobs *from)
{
	int m;

	for (m = OIRQ_NR_MECH; m < OSTRACE_IRQ_MAX_MECH; m++)
		if (from->work_ns[m] || from->sleep_ns[m])
			return -EINVAL;
	to->mechs = from->mechs | OIRQ_HARDIRQ_BIT;
	to->rate = from->rate;
	to->burst = from->burst;
	to->cpu = from->cpu;
	memcpy(to->work_ns, from->work_ns, sizeof(to->work_ns));
	memcpy(to->sleep_ns, from->sleep_ns, sizeof(to->sleep_ns));
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(oirq_abi_knobs_in);

/**
 * oirq_abi_knobs_out - answer with the knobs
 * @to:   all but its head is set
 * @from: the knobs
 */
void oirq_abi_knobs_out(struct ostrace_irq_knobs *to, const struct oirq_knobs *from)
{
	struct ostrace_irq_head head = to->head;

	memset(to, 0, sizeof(*to));
	to->head = head;
	to->mechs = from->mechs;
	to->rate = from->rate;
	to->burst = from->burst;
	to->cpu = from->cpu;
	memcpy(to->work_ns, from->work_ns, sizeof(from->work_ns));
	memcpy(to->sleep_ns, from->sleep_ns, sizeof(from->sleep_ns));
}
EXPORT_SYMBOL_IF_KUNIT(oirq_abi_knobs_out);
