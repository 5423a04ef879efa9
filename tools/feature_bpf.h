/* SPDX-License-Identifier: GPL-2.0 */
/* The probes of feature.h that ask the BPF system call or the kernel's BTF. */
#ifndef OSTRACE_FEATURE_BPF_H
#define OSTRACE_FEATURE_BPF_H

#include "feature.h"

enum feature_state probe_btf(char *detail, int n);
enum feature_state probe_bpf(char *detail, int n);
enum feature_state probe_task_storage(char *detail, int n);
enum feature_state probe_mmapable(char *detail, int n);
enum feature_state probe_arena(char *detail, int n);
enum feature_state probe_fentry(char *detail, int n);
enum feature_state probe_fsession(char *detail, int n);
enum feature_state probe_iter_task(char *detail, int n);
enum feature_state probe_iter_cgroup(char *detail, int n);
enum feature_state probe_kprobe(char *detail, int n);
enum feature_state probe_stats(char *detail, int n);
enum feature_state probe_sched_ext(char *detail, int n);
/** probe_tracepoint - is there a tracepoint @name that BTF knows? */
enum feature_state probe_tracepoint(const char *name, char *detail, int n);
/** probe_function - does the kernel's BTF know a function @name? */
enum feature_state probe_function(const char *name, char *detail, int n);

#endif /* OSTRACE_FEATURE_BPF_H */
