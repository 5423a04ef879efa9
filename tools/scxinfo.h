/* SPDX-License-Identifier: GPL-2.0 */
/* What sysfs tells of sched_ext, and of ostrace_sched.ko. Reads files, no BPF. */
#ifndef OSTRACE_SCXINFO_H
#define OSTRACE_SCXINFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "hist.h"
#include "uapi/ostrace/sched.h"

#define SCX_FACTS 64

/* One line of what is known: a number, or a text when text[0]. */
struct scx_fact {
	char name[48];
	char text[160];
	uint64_t number;
	bool counts; /* a counter that only grows */
};

struct scxinfo {
	struct scx_fact fact[SCX_FACTS];
	int nfacts;
	bool ours;	  /* our module runs; wait[] below is valid */
	uint64_t started; /* when it started: the counters' epoch */
	struct hist wait[OSTRACE_SCHED_CLASSES];
};

extern const char *const scx_class_names[OSTRACE_SCHED_CLASSES];

/**
 * scxinfo_read - read everything again
 * @root: "/sys/kernel", or what stands for it in a test
 */
void scxinfo_read(struct scxinfo *s, const char *root);

/**
 * scxinfo_counters - take the bytes of the module's file "counters" apart
 * Return: 0; -EPROTO if they are of another ABI or cut short; -ENODATA: not running
 */
int scxinfo_counters(struct scxinfo *s, const void *data, size_t len);

#endif /* OSTRACE_SCXINFO_H */
