/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How the parts of the driver know each other.
 *
 *   source_edu, source_sim    fire an interrupt, acknowledge it
 *   engine                    when to fire; the top half; the knobs
 *   mech                      the bottom halves and their counters
 *   stream                    the records' ring and its readers
 *   chardev, sysfs            the driver's faces
 *   main                      which source is in use; loading and unloading
 */
#ifndef _OSTRACE_IRQ_DRIVER_H
#define _OSTRACE_IRQ_DRIVER_H

#include <linux/device.h>
#include <linux/interrupt.h>
#include <linux/poll.h>
#include <linux/types.h>

#include "knobs.h"
#include "ring.h"
#include "stats.h"

#define OIRQ_NAME "ostrace_irq"

/* ---------------------------------------------------------------- sources */

/** enum oirq_ack - what the source finds when the line has fired */
enum oirq_ack {
	OIRQ_ACK_NOT_OURS, /* another device's on a shared line */
	OIRQ_ACK_OTHER,	   /* ours, but not one that was fired */
	OIRQ_ACK_FIRED,	   /* one that was fired */
};

struct oirq_source;

/**
 * struct oirq_source_ops - what a source can do
 * @fire:  raise the interrupt once; any context, interrupts off, line locked
 * @ack:   acknowledge it; hard interrupt
 * @quiet: take back what was fired and has not come; its top half may be running,
 *         but nobody fires. NULL: what the source fires always comes
 */
struct oirq_source_ops {
	void (*fire)(struct oirq_source *src);
	enum oirq_ack (*ack)(struct oirq_source *src);
	void (*quiet)(struct oirq_source *src);
};

/**
 * struct oirq_source - something that can interrupt
 * @ops:    see there
 * @kind:   enum ostrace_irq_source
 * @irq:    Linux's number
 * @msi:    message signalled
 * @shared: others may use the line
 * @name:   for people
 */
struct oirq_source {
	const struct oirq_source_ops *ops;
	u32 kind;
	unsigned int irq;
	bool msi;
	bool shared;
	char name[48];
};

struct oirq_source *oirq_sim_new(void);
void oirq_sim_free(struct oirq_source *src);
int oirq_edu_register(void);
void oirq_edu_unregister(void);

/* ------------------------------------------------------------------- main */

int oirq_source_arrived(struct oirq_source *src);
void oirq_source_left(struct oirq_source *src);

/* ----------------------------------------------------------------- engine */

int oirq_engine_init(void);
void oirq_engine_exit(void);
int oirq_engine_attach(struct oirq_source *src);
void oirq_engine_detach(struct oirq_source *src);
void oirq_engine_pause(void);
void oirq_engine_resume(void);

void oirq_engine_get(struct oirq_knobs *k);
void oirq_engine_edit_begin(struct oirq_knobs *k);
int oirq_engine_edit_commit(const struct oirq_knobs *k);
void oirq_engine_edit_abort(void);
int oirq_engine_fire(u32 count);
int oirq_engine_storm(u32 ms);
void oirq_engine_kick(void);
void oirq_engine_info(struct ostrace_irq_info *info);
void oirq_engine_stats(struct ostrace_irq_stats *s);
u64 oirq_engine_counter(unsigned int mech, size_t offset);

/* ------------------------------------------------------------------- mech */

struct oirq_mechs;

struct oirq_mechs *oirq_mechs_new(void);
void oirq_mechs_free(struct oirq_mechs *ms);
void oirq_mechs_times(struct oirq_mechs *ms, const struct oirq_knobs *k);
bool oirq_mechs_interrupt(struct oirq_mechs *ms, u32 mask, u64 seq, u64 fired_ns, u64 entry_ns);
void oirq_mechs_thread(struct oirq_mechs *ms);
void oirq_mechs_thread_gone(struct oirq_mechs *ms);
bool oirq_mechs_idle(struct oirq_mechs *ms);
u64 oirq_mechs_spent(struct oirq_mechs *ms);
void oirq_mechs_stats(struct oirq_mechs *ms, struct ostrace_irq_stats *s);
u64 oirq_mechs_counter(struct oirq_mechs *ms, unsigned int mech, size_t offset);

/* ----------------------------------------------------------------- stream */

struct oirq_reader;

int oirq_stream_init(void);
void oirq_stream_exit(void);
void oirq_stream_put(const struct ostrace_irq_record *rec);
struct oirq_reader *oirq_reader_new(void);
void oirq_reader_free(struct oirq_reader *r);
ssize_t oirq_reader_read(struct oirq_reader *r, char __user *to, size_t size, bool wait);
__poll_t oirq_reader_poll(struct oirq_reader *r, struct file *file, poll_table *table);
void oirq_reader_state(struct oirq_reader *r, struct ostrace_irq_stream *s);
u32 oirq_stream_size(void);

/* ------------------------------------------------------------------ faces */

int oirq_sysfs_init(void);
extern const struct attribute_group *oirq_sysfs_groups[];
int oirq_chardev_init(void);
void oirq_chardev_exit(void);

#endif /* _OSTRACE_IRQ_DRIVER_H */
