/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The interrupt demo driver, ostrace_irq.ko: one interrupt line whose top half
 * hands every interrupt to each bottom half that the kernel has.
 *
 * Three ways to look at it: /sys/class/misc/ostrace_irq (knobs and counters as
 * text), the tracepoints ostrace_irq:*, and /dev/ostrace_irq, described here.
 *
 * read() and poll() on the node give a stream of struct ostrace_irq_record. All
 * readers share one ring and each has a position of its own: one that is too
 * slow loses the oldest records and is told how many (OSTRACE_IRQ_STREAM, and
 * the gap in the records' @pos). A read returns whole records only; a buffer
 * smaller than one is -EINVAL. Without O_NONBLOCK it waits for at least one.
 *
 * Every structure has a fixed layout that is the same for 32-bit programs, and
 * starts with struct ostrace_irq_head. Reserved fields must be zero. Errors that
 * every request shares:
 *
 *   -EFAULT            the structure cannot be read or written
 *   -EINVAL            head.size is not this structure's size, a reserved field
 *                      is not zero, or a field is outside its range
 *   -EPROTONOSUPPORT   head.abi is not OSTRACE_IRQ_ABI
 *   -EPERM             the request changes something, and the caller lacks
 *                      CAP_SYS_ADMIN
 *   -ENOTTY            no such request
 *
 * Times are in nanoseconds of CLOCK_MONOTONIC. Counters only grow, from the
 * loading of the module on: a reader keeps its last snapshot and subtracts.
 */
#ifndef _UAPI_OSTRACE_IRQ_H
#define _UAPI_OSTRACE_IRQ_H

#include <linux/types.h>

#define OSTRACE_IRQ_ABI 1

/**
 * enum ostrace_irq_mech - who handles an interrupt, in the order in which the
 * kernel gets around to them on an idle machine
 * @OSTRACE_IRQ_HARDIRQ:    the top half itself
 * @OSTRACE_IRQ_IRQ_WORK:   irq_work: an interrupt to oneself
 * @OSTRACE_IRQ_TASKLET_HI: tasklet, first softirq (HI)
 * @OSTRACE_IRQ_TASKLET:    tasklet, softirq TASKLET
 * @OSTRACE_IRQ_BH_HIGHPRI: work item on a WQ_BH | WQ_HIGHPRI workqueue (HI)
 * @OSTRACE_IRQ_BH:         work item on a WQ_BH workqueue (TASKLET)
 * @OSTRACE_IRQ_THREAD:     threaded interrupt handler
 * @OSTRACE_IRQ_WQ_HIGHPRI: work item on a WQ_HIGHPRI workqueue
 * @OSTRACE_IRQ_WQ:         work item on a per-CPU workqueue
 * @OSTRACE_IRQ_WQ_UNBOUND: work item on a workqueue for any CPU
 * @OSTRACE_IRQ_NR_MECH:    how many there are
 */
enum ostrace_irq_mech {
	OSTRACE_IRQ_HARDIRQ,
	OSTRACE_IRQ_IRQ_WORK,
	OSTRACE_IRQ_TASKLET_HI,
	OSTRACE_IRQ_TASKLET,
	OSTRACE_IRQ_BH_HIGHPRI,
	OSTRACE_IRQ_BH,
	OSTRACE_IRQ_THREAD,
	OSTRACE_IRQ_WQ_HIGHPRI,
	OSTRACE_IRQ_WQ,
	OSTRACE_IRQ_WQ_UNBOUND,
	OSTRACE_IRQ_NR_MECH,
};

/* Room in arrays indexed by mechanism, so that one more changes no layout. */
#define OSTRACE_IRQ_MAX_MECH 16

/**
 * enum ostrace_irq_ctx - where code was seen to run
 * @OSTRACE_IRQ_CTX_HARD:      hard interrupt
 * @OSTRACE_IRQ_CTX_SOFT:      softirq, on the way out of an interrupt or at
 *                             local_bh_enable()
 * @OSTRACE_IRQ_CTX_KSOFTIRQD: softirq, in the ksoftirqd thread
 * @OSTRACE_IRQ_CTX_THREAD:    a kernel thread: may sleep
 * @OSTRACE_IRQ_NR_CTX:        how many there are
 */
enum ostrace_irq_ctx {
	OSTRACE_IRQ_CTX_HARD,
	OSTRACE_IRQ_CTX_SOFT,
	OSTRACE_IRQ_CTX_KSOFTIRQD,
	OSTRACE_IRQ_CTX_THREAD,
	OSTRACE_IRQ_NR_CTX,
};

/**
 * enum ostrace_irq_source - where the interrupts come from
 * @OSTRACE_IRQ_SOURCE_NONE: nowhere: asked for a device that is not there
 * @OSTRACE_IRQ_SOURCE_EDU:  QEMU's edu PCI device
 * @OSTRACE_IRQ_SOURCE_SIM:  an interrupt line of the driver's own
 */
enum ostrace_irq_source {
	OSTRACE_IRQ_SOURCE_NONE,
	OSTRACE_IRQ_SOURCE_EDU,
	OSTRACE_IRQ_SOURCE_SIM,
};

/* OSTRACE_HIST_SLOTS of hist.h, which says which value goes where. */
#define OSTRACE_IRQ_SLOTS 160

/* Limits of the knobs. */
#define OSTRACE_IRQ_MAX_RATE 20000   /* Hz */
#define OSTRACE_IRQ_MAX_BURST 64     /* interrupts an event */
#define OSTRACE_IRQ_MAX_FIRE 1000000 /* interrupts owed at once */
#define OSTRACE_IRQ_MAX_STORM_MS 10000
#define OSTRACE_IRQ_MAX_WORK_HARD_NS 50000	/* busy, in hard interrupt */
#define OSTRACE_IRQ_MAX_WORK_SOFT_NS 500000	/* busy, in softirq */
#define OSTRACE_IRQ_MAX_WORK_THREAD_NS 10000000 /* busy, in a thread */
#define OSTRACE_IRQ_MAX_SLEEP_NS 100000000	/* asleep, in a thread */

/**
 * struct ostrace_irq_record - one interrupt as one mechanism handled it
 * @pos:       position in the stream, counting from the loading of the module;
 *             a gap to the record before is what this reader lost
 * @seq:       number of the interrupt: the same in the records of all mechanisms
 * @raise_ns:  when the top half queued it (for the top half: when it was fired)
 * @entry_ns:  when the mechanism began with it
 * @exit_ns:   when it was done with it
 * @raise_cpu: where the top half ran
 * @cpu:       where the mechanism ended
 * @pid:       the thread it ran in or interrupted; 0 is the idle task
 * @mech:      enum ostrace_irq_mech
 * @ctx:       enum ostrace_irq_ctx
 * @reserved:  zero
 */
struct ostrace_irq_record {
	__u64 pos;
	__u64 seq;
	__u64 raise_ns;
	__u64 entry_ns;
	__u64 exit_ns;
	__u32 raise_cpu;
	__u32 cpu;
	__u32 pid;
	__u8 mech;
	__u8 ctx;
	__u16 reserved;
};

/**
 * struct ostrace_irq_head - what every request starts with
 * @size: sizeof the whole structure
 * @abi:  OSTRACE_IRQ_ABI
 */
struct ostrace_irq_head {
	__u32 size;
	__u32 abi;
};

/* @state in struct ostrace_irq_info */
#define OSTRACE_IRQ_RUNNING (1 << 0) /* rate is not 0, or interrupts are owed */
#define OSTRACE_IRQ_STORMING (1 << 1)
#define OSTRACE_IRQ_PAUSED (1 << 2) /* the machine is going to sleep */

/**
 * struct ostrace_irq_info - the driver at a glance (OSTRACE_IRQ_INFO)
 * @head:           see struct ostrace_irq_head
 * @nr_mech:        OSTRACE_IRQ_NR_MECH of the module
 * @nr_cpus:        CPU numbers go from 0 to this, exclusive
 * @source:         enum ostrace_irq_source
 * @irq:            Linux's number for the line, as in /proc/interrupts
 * @msi:            1 if it is message signalled
 * @state:          OSTRACE_IRQ_RUNNING and the like
 * @rate_effective: Hz, after what the limits left of the rate asked for
 * @cpu_effective:  the CPU that fires and takes the interrupts; -1: any
 * @ring_records:   how many records the stream holds before it overwrites
 * @record_size:    sizeof(struct ostrace_irq_record)
 * @now_ns:         CLOCK_MONOTONIC
 * @interrupts:     interrupts handed to the mechanisms
 * @spurious:       interrupts that nobody had fired
 * @missed:         interrupts due that were not fired: the machine is too slow
 *                  for the rate
 * @throttled:      ticks on which the CPU time budget was used up
 * @lost:           interrupts fired that never came, and were fired again
 * @owed:           interrupts still to be fired (OSTRACE_IRQ_FIRE)
 * @storms:         storms started
 * @storm_left_ns:  how long the present one will last
 * @source_name:    such as "edu 0000:00:05.0", terminated
 * @reserved:       zero
 */
struct ostrace_irq_info {
	struct ostrace_irq_head head;
	__u32 nr_mech;
	__u32 nr_cpus;
	__u32 source;
	__u32 irq;
	__u32 msi;
	__u32 state;
	__u32 rate_effective;
	__s32 cpu_effective;
	__u32 ring_records;
	__u32 record_size;
	__u64 now_ns;
	__u64 interrupts;
	__u64 spurious;
	__u64 missed;
	__u64 throttled;
	__u64 lost;
	__u64 owed;
	__u64 storms;
	__u64 storm_left_ns;
	char source_name[48];
	__u64 reserved[4];
};

/**
 * struct ostrace_irq_describe - what a mechanism is (OSTRACE_IRQ_DESCRIBE)
 * @head:        see struct ostrace_irq_head
 * @mech:        in: enum ostrace_irq_mech
 * @ctx:         the least demanding enum ostrace_irq_ctx it runs in; softirq
 *               mechanisms also run in ksoftirqd
 * @may_sleep:   1 if it may
 * @max_work_ns: limit of its busy work
 * @reserved:    zero
 * @name:        short name, as the knobs know it
 * @softirq:     the softirq it rides on, as in /proc/softirqs, or empty
 * @why:         why it may or may not sleep, in a sentence
 */
struct ostrace_irq_describe {
	struct ostrace_irq_head head;
	__u32 mech;
	__u32 ctx;
	__u32 may_sleep;
	__u32 max_work_ns;
	__u64 reserved[2];
	char name[16];
	char softirq[16];
	char why[128];
};

/**
 * struct ostrace_irq_knobs - all settings (OSTRACE_IRQ_GET_KNOBS and
 * OSTRACE_IRQ_SET_KNOBS, which takes all of them or changes nothing)
 * @head:     see struct ostrace_irq_head
 * @mechs:    a bit for each mechanism that is to be served; the top half's is
 *            always set
 * @rate:     events a second, 0 .. OSTRACE_IRQ_MAX_RATE; 0: none
 * @burst:    interrupts an event, 1 .. OSTRACE_IRQ_MAX_BURST, back to back
 * @cpu:      an online CPU, or -1 for whichever the kernel picks
 * @work_ns:  busy loop per interrupt and mechanism, up to its max_work_ns
 * @sleep_ns: sleep per interrupt and mechanism, up to OSTRACE_IRQ_MAX_SLEEP_NS
 *            where may_sleep is set, else 0
 * @reserved: zero
 *
 * Setting: -EOPNOTSUPP for a sleep where none is legal, -ENXIO for a CPU that is
 * not online.
 */
struct ostrace_irq_knobs {
	struct ostrace_irq_head head;
	__u32 mechs;
	__u32 rate;
	__u32 burst;
	__s32 cpu;
	__u32 work_ns[OSTRACE_IRQ_MAX_MECH];
	__u32 sleep_ns[OSTRACE_IRQ_MAX_MECH];
	__u64 reserved[4];
};

/**
 * struct ostrace_irq_dist - a distribution of durations
 * @count: how many
 * @sum:   their sum, ns
 * @max:   the longest since the module was loaded, ns; that of an interval is
 *         the edge of the highest slot that grew
 * @hist:  how many in each slot, see ostrace_hist_slot()
 */
struct ostrace_irq_dist {
	__u64 count;
	__u64 sum;
	__u64 max;
	__u64 hist[OSTRACE_IRQ_SLOTS];
};

/**
 * struct ostrace_irq_stats - what a mechanism did (OSTRACE_IRQ_STATS)
 * @head:     see struct ostrace_irq_head
 * @mech:     in: enum ostrace_irq_mech
 * @cpu:      in: which CPU, 0 .. nr_cpus - 1, or -1 for the sum of all
 * @raised:   interrupts queued for it; counted on the CPU of the top half, all
 *            else on the CPU that served
 * @handled:  interrupts served: raised = handled + dropped + those waiting
 * @entries:  how often its function was called
 * @empty:    calls that found nothing left to do
 * @merged:   interrupts that found one before them still waiting
 * @dropped:  interrupts lost because too many were waiting
 * @ctx:      interrupts served per enum ostrace_irq_ctx
 * @latency:  raise to entry
 * @run:      entry to exit, sleep included
 * @reserved: zero
 */
struct ostrace_irq_stats {
	struct ostrace_irq_head head;
	__u32 mech;
	__s32 cpu;
	__u64 raised;
	__u64 handled;
	__u64 entries;
	__u64 empty;
	__u64 merged;
	__u64 dropped;
	__u64 ctx[OSTRACE_IRQ_NR_CTX];
	struct ostrace_irq_dist latency;
	struct ostrace_irq_dist run;
	__u64 reserved[4];
};

/**
 * struct ostrace_irq_fire - fire so many interrupts (OSTRACE_IRQ_FIRE)
 * @head:     see struct ostrace_irq_head
 * @count:    1 .. OSTRACE_IRQ_MAX_FIRE, added to what is still owed; they come
 *            in bursts at the rate set, or 1000 events a second if that is 0
 * @reserved: zero
 *
 * Returns at once. -EBUSY if more than OSTRACE_IRQ_MAX_FIRE would be owed,
 * -ENODEV if there is no source.
 */
struct ostrace_irq_fire {
	struct ostrace_irq_head head;
	__u32 count;
	__u32 reserved;
};

/**
 * struct ostrace_irq_storm - let the softirq mechanisms raise their own
 * interrupt for a while (OSTRACE_IRQ_STORM)
 * @head:     see struct ostrace_irq_head
 * @ms:       how long, up to OSTRACE_IRQ_MAX_STORM_MS; 0 ends one
 * @reserved: zero
 *
 * -EBUSY while another one lasts, -EOPNOTSUPP if no softirq mechanism is served,
 * -ENODEV if there is no source.
 */
struct ostrace_irq_storm {
	struct ostrace_irq_head head;
	__u32 ms;
	__u32 reserved;
};

/**
 * struct ostrace_irq_stream - this open file's place (OSTRACE_IRQ_STREAM)
 * @head:     see struct ostrace_irq_head
 * @pos:      position of the next record it will read
 * @end:      position that the next record will be written to
 * @overrun:  records it lost, those known to be overwritten by now included
 * @reserved: zero
 */
struct ostrace_irq_stream {
	struct ostrace_irq_head head;
	__u64 pos;
	__u64 end;
	__u64 overrun;
	__u64 reserved[2];
};

#define OSTRACE_IRQ_IOC 0xd7

#define OSTRACE_IRQ_INFO _IOWR(OSTRACE_IRQ_IOC, 0, struct ostrace_irq_info)
#define OSTRACE_IRQ_DESCRIBE _IOWR(OSTRACE_IRQ_IOC, 1, struct ostrace_irq_describe)
#define OSTRACE_IRQ_STATS _IOWR(OSTRACE_IRQ_IOC, 2, struct ostrace_irq_stats)
#define OSTRACE_IRQ_STREAM _IOWR(OSTRACE_IRQ_IOC, 3, struct ostrace_irq_stream)
#define OSTRACE_IRQ_GET_KNOBS _IOWR(OSTRACE_IRQ_IOC, 4, struct ostrace_irq_knobs)
#define OSTRACE_IRQ_SET_KNOBS _IOW(OSTRACE_IRQ_IOC, 5, struct ostrace_irq_knobs)
#define OSTRACE_IRQ_FIRE _IOW(OSTRACE_IRQ_IOC, 6, struct ostrace_irq_fire)
#define OSTRACE_IRQ_STORM _IOW(OSTRACE_IRQ_IOC, 7, struct ostrace_irq_storm)

#endif /* _UAPI_OSTRACE_IRQ_H */
