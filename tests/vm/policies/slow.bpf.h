/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For the tests: policies that take their time for each candidate, milliseconds, so that
 * another one is attached in the middle of decisions; and whose keys tell them apart.
 */
#ifndef _OSTRACE_TEST_SLOW_BPF_H
#define _OSTRACE_TEST_SLOW_BPF_H

#include "policy.bpf.h"

#define TURNS 5000

/* A plain loop, which the verifier follows: of few instructions, but a long call. */
static __always_inline void take_time(void)
{
	int i;

	for (i = 0; i < TURNS; i++)
		bpf_ktime_get_ns();
}

#endif /* _OSTRACE_TEST_SLOW_BPF_H */
