// SPDX-License-Identifier: GPL-2.0
/*
 * The interrupt line's bookkeeping: a tick makes interrupts due (credits), a
 * firing puts one in flight, the top half takes it and leaves the line free for
 * the next. One at a time, since an interrupt controller merges what it has
 * not delivered yet, and N interrupts asked for must be N interrupts seen.
 *
 * The caller holds one lock around every call here.
 */
#include "line.h"

/**
 * oirq_line_start - the timer begins to tick
 * @l:   the line
 * @now: ns
 */
void oirq_line_start(struct oirq_line *l, u64 now)
{
	oirq_pacer_start(&l->pacer, now);
	/* A debt is not forgiven for turning a knob. */
	if (!l->budget.last_ns)
		oirq_budget_start(&l->budget, now);
}
EXPORT_SYMBOL_IF_KUNIT(oirq_line_start);

/**
 * oirq_line_stop - forget what is due; nothing more will come
 * @l: the line
 */
void oirq_line_stop(struct oirq_line *l)
{
	l->missed += l->credits;
	l->credits = 0;
	l->inflight = false;
	l->storm_ns = 0;
}
EXPORT_SYMBOL_IF_KUNIT(oirq_line_stop);

/**
 * oirq_line_tick - make due what time has come for
 * @l:     the line
 * @p:     what the knobs ask for
 * @now:   ns
 * @spent: ns of CPU time that went into interrupts since the last tick
 * @idle:  nothing waits for a bottom half
 */
void oirq_line_tick(struct oirq_line *l, const struct oirq_pace *p, u64 now, u64 spent, bool idle)
{
	bool storm = oirq_line_storming(l, now);
	u64 ignored = 0;
	u64 *missed = p->rate ? &l->missed : &ignored;
	u64 behind = 0;
	u32 events = oirq_pacer_due(&l->pacer, now, p->rate ? p->rate : OIRQ_FIRE_RATE, &behind);
	u32 wanted = events * p->burst;
	u32 room = OIRQ_MAX_CREDITS - l->credits;
	u32 owed;

	if (l->inflight)
		l->late++;
	if (!storm)
		l->storm_ns = 0;
	*missed += behind * p->burst;
	if (!oirq_budget_refill(&l->budget, now, spent) && !storm) {
		l->throttled++;
		*missed += wanted;
		return;
	}
	/*
	 * What was asked for by number is never missed, only late: it waits until
	 * all that came before has been served.
	 */
	owed = idle && !l->credits ? min_t(u64, l->owed, min(wanted, p->burst)) : 0;
	l->owed -= owed;
	l->credits += owed;
	room -= owed;
	if (!p->rate)
		return;
	l->credits += min(wanted, room);
	*missed += wanted - min(wanted, room);
}
EXPORT_SYMBOL_IF_KUNIT(oirq_line_tick);

/**
 * oirq_line_fire - is it time to fire?
 * @l:   the line
 * @now: ns
 *
 * Return: true if the caller is to fire one interrupt: it is in flight now.
 */
bool oirq_line_fire(struct oirq_line *l, u64 now)
{
	if (!l->credits)
		return false;
	if (l->inflight) {
		if (l->late < OIRQ_LOST_TICKS || oirq_duration(l->fired_ns, now) < OIRQ_LOST_NS)
			return false;
		l->lost++;
	}
	l->inflight = true;
	l->late = 0;
	l->fired_ns = now;
	return true;
}
EXPORT_SYMBOL_IF_KUNIT(oirq_line_fire);

/**
 * oirq_line_take - an interrupt has come
 * @l: the line
 *
 * Return: false if none was due: nobody is to hear of it.
 */
bool oirq_line_take(struct oirq_line *l)
{
	if (!l->credits || !l->inflight) {
		l->spurious++;
		return false;
	}
	l->credits--;
	l->inflight = false;
	l->interrupts++;
	return true;
}
EXPORT_SYMBOL_IF_KUNIT(oirq_line_take);

/**
 * oirq_line_owe - ask for interrupts by number
 * @l:     the line
 * @count: how many
 *
 * Return: 0, or -EBUSY if too many are owed already.
 */
int oirq_line_owe(struct oirq_line *l, u32 count)
{
	if (l->owed + count > OSTRACE_IRQ_MAX_FIRE)
		return -EBUSY;
	l->owed += count;
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(oirq_line_owe);

/**
 * oirq_line_storm - start or end a storm
 * @l:   the line
 * @ms:  how long; 0 ends it
 * @now: ns
 *
 * Return: 0, or -EBUSY if there is one.
 */
int oirq_line_storm(struct oirq_line *l, u32 ms, u64 now)
{
	if (!ms) {
		l->storm_ns = 0;
		return 0;
	}
	if (oirq_line_storming(l, now))
		return -EBUSY;
	l->storm_ns = now + min_t(u32, ms, OSTRACE_IRQ_MAX_STORM_MS) * NSEC_PER_MSEC;
	l->storms++;
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(oirq_line_storm);

/**
 * oirq_line_storming - does it storm?
 * @l:   the line
 * @now: ns
 */
bool oirq_line_storming(const struct oirq_line *l, u64 now)
{
	return now < l->storm_ns;
}
EXPORT_SYMBOL_IF_KUNIT(oirq_line_storming);

/**
 * oirq_line_kick - in a storm, make one more interrupt due
 * @l:   the line
 * @now: ns
 *
 * Called by a softirq when it is done: so each finds, when it ends, that it has
 * been raised again. One at a time, on every machine as fast as that machine
 * can, and never faster.
 */
void oirq_line_kick(struct oirq_line *l, u64 now)
{
	if (oirq_line_storming(l, now) && !l->credits)
		l->credits = 1;
}
EXPORT_SYMBOL_IF_KUNIT(oirq_line_kick);

/**
 * oirq_line_busy - must the timer go on ticking?
 * @l:   the line
 * @p:   what the knobs ask for
 * @now: ns
 */
bool oirq_line_busy(const struct oirq_line *l, const struct oirq_pace *p, u64 now)
{
	return p->rate || l->owed || l->credits || oirq_line_storming(l, now);
}
EXPORT_SYMBOL_IF_KUNIT(oirq_line_busy);

/**
 * oirq_line_period - when to tick next
 * @l:   the line
 * @p:   what the knobs ask for
 * @now: ns
 *
 * Return: ns from now.
 */
u64 oirq_line_period(const struct oirq_line *l, const struct oirq_pace *p, u64 now)
{
	u64 period = oirq_pacer_period(p->rate ? p->rate : OIRQ_FIRE_RATE);

	if (!p->rate && !l->owed && oirq_line_storming(l, now))
		return OIRQ_STORM_TICK_NS;
	/* However low the rate: what is lost is to be noticed soon. */
	return l->credits || oirq_line_storming(l, now) ? min(period, OIRQ_STORM_TICK_NS) : period;
}
EXPORT_SYMBOL_IF_KUNIT(oirq_line_period);
