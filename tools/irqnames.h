/* SPDX-License-Identifier: GPL-2.0 */
/* Names of softirq vectors and interrupt lines. */
#ifndef OSTRACE_IRQNAMES_H
#define OSTRACE_IRQNAMES_H

#include <stdint.h>

/* Names that were asked for; those of lines that are gone stay. Starts zeroed. */
struct irqnames {
	struct irqname {
		uint32_t source;
		char text[64];
	} **v;
	uint32_t n, cap;
};

/** irqname_softirq - as in /proc/softirqs; "vector N" for one we do not know */
const char *irqname_softirq(uint32_t vector);
/** irqname_vector - short name of an interrupt without a line, as in /proc/interrupts */
const char *irqname_vector(uint32_t vector);
/** irqname_vector_text - what it is for */
const char *irqname_vector_text(uint32_t vector);

/**
 * irqnames_source - a source of STOLEN_SOURCE(): "NET_RX", "LOC local timer",
 * "36 virtio1-req.0". Return: a string that lives as long as @names.
 */
const char *irqnames_source(struct irqnames *names, uint32_t source);
void irqnames_free(struct irqnames *names);

#endif /* OSTRACE_IRQNAMES_H */
