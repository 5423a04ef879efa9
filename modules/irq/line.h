/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _OSTRACE_IRQ_LINE_H
#define _OSTRACE_IRQ_LINE_H

#include "rate.h"
#include "stats.h"

/*
 * How many interrupts may wait to be fired: one burst. More would be fired back
 * to back with nothing else getting a chance in between.
 */
#define OIRQ_MAX_CREDITS OSTRACE_IRQ_MAX_BURST

/*
 * An interrupt that has not come after so long, and for so many ticks, was lost on
 * the way. Long, since the CPU that is to take it may have interrupts off for tenths
 * of a second, while it prints to a serial console. And ticks, since a machine that
 * stood still (a virtual one does) loses nothing: when it goes on, time has passed,
 * but the timer comes first.
 */
#define OIRQ_LOST_NS (1 * NSEC_PER_SEC)
#define OIRQ_LOST_TICKS 50

/* Events a second for OSTRACE_IRQ_FIRE when the rate is 0. */
#define OIRQ_FIRE_RATE 1000

/* A storm is kept alive, and its end noticed, this often. */
#define OIRQ_STORM_TICK_NS (10 * NSEC_PER_MSEC)

/**
 * struct oirq_pace - what the knobs ask of the line
 * @rate:  events a second, after the limits; 0: none
 * @burst: interrupts an event
 */
struct oirq_pace {
	u32 rate;
	u32 burst;
};

/**
 * struct oirq_line - when the interrupt is to be fired
 * @pacer:      turns time into events
 * @budget:     CPU time that interrupts may use
 * @credits:    interrupts due; each needs one firing
 * @inflight:   one was fired and has not come yet
 * @fired_ns:   when
 * @late:       ticks that found it in flight
 * @owed:       interrupts asked for by number and not yet due
 * @storm_ns:   until when the storm lasts; 0: none
 * @interrupts: came, and were due
 * @spurious:   came, and were not
 * @missed:     were due, and there was no time
 * @throttled:  ticks without budget
 * @lost:       were fired and never came
 * @storms:     storms started
 */
struct oirq_line {
	struct oirq_pacer pacer;
	struct oirq_budget budget;
	u32 credits;
	bool inflight;
	u64 fired_ns;
	u32 late;
	u64 owed;
	u64 storm_ns;
	u64 interrupts;
	u64 spurious;
	u64 missed;
	u64 throttled;
	u64 lost;
	u64 storms;
};

void oirq_line_start(struct oirq_line *l, u64 now);
void oirq_line_stop(struct oirq_line *l);
void oirq_line_tick(struct oirq_line *l, const struct oirq_pace *p, u64 now, u64 spent, bool idle);
bool oirq_line_fire(struct oirq_line *l, u64 now);
bool oirq_line_take(struct oirq_line *l);
int oirq_line_owe(struct oirq_line *l, u32 count);
int oirq_line_storm(struct oirq_line *l, u32 ms, u64 now);
bool oirq_line_storming(const struct oirq_line *l, u64 now);
void oirq_line_kick(struct oirq_line *l, u64 now);
bool oirq_line_busy(const struct oirq_line *l, const struct oirq_pace *p, u64 now);
u64 oirq_line_period(const struct oirq_line *l, const struct oirq_pace *p, u64 now);

#endif /* _OSTRACE_IRQ_LINE_H */
