/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The session: privileges, kernel features and loaded BPF objects. The only
 * file besides the view loaders that touches libbpf.
 */
#ifndef OSTRACE_SESSION_H
#define OSTRACE_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct session;
struct bpf_map;
struct bpf_object;
struct bpf_object_skeleton;
struct bpf_program;

/**
 * session_open - check privileges and the kernel, remember what can be done.
 * @bpf: there are views with BPF programs. If not, there is nothing to check, and
 *       the functions for view loaders are not for use
 * @verbose: print libbpf's messages and the verifier's log on failure
 * Return: 0; -EPERM, -EOPNOTSUPP, ... described with err_set().
 */
int session_open(struct session **s, bool bpf, bool verbose);
void session_close(struct session *s);

/**
 * session_seal - drop every capability but what reading on needs. Call once
 * after the last view was opened.
 */
int session_seal(struct session *s);

/**
 * session_cgroup_level - how deep cgroup v2 @id lies below the root of all.
 * @guess: the answer where the kernel cannot be asked; right outside of cgroup
 *         namespaces
 */
int session_cgroup_level(struct session *s, uint64_t id, int guess);

/* For view loaders. */

/* A table in mapped memory, and how many entries of which size it has on this machine. */
struct map_size {
	struct bpf_map *map;
	size_t entry, n;
};

/** session_sizes - size the tables of a skeleton before it is loaded; 0 or err_set(). */
int session_sizes(const char *view, const struct map_size *sizes, int n);
/** session_load - load a skeleton; on failure err_set() with the verifier's last words. */
int session_load(struct session *s, struct bpf_object_skeleton *sk, const char *view);
int session_attach(struct session *s, struct bpf_object_skeleton *sk, const char *view);
/** session_has_tracepoint - has this kernel a BTF-typed tracepoint @name? */
bool session_has_tracepoint(struct session *s, const char *name);
/**
 * session_find_functions - which of @n functions does this kernel have?
 * @have: the answers. Type information knows them; a probe may still be refused.
 */
void session_find_functions(const char *const *names, bool *have, int n);
/**
 * session_hookable - which functions of the kernel can be hooked (fentry, fexit)
 * @names: at most 32; the first one is attached to for a moment, to see whether
 *         that is allowed here at all
 * Return: bit i for names[i]; 0 without the first.
 */
uint32_t session_hookable(struct session *s, const char *const *names, int n);
/**
 * session_enum_names - the names of an enum of this kernel
 * @names: those of values 0 .. n - 1, NULL where there is none; free() each
 * Return: how many there are, at most @n; 0 if there is no such enum.
 */
int session_enum_names(const char *type, char **names, int n);
/** session_run_iterator - run an iterator program once over all it iterates. */
int session_run_iterator(struct bpf_program *p);
/**
 * session_read_iterator - the same for one that writes records of @size bytes
 * @each: called for each of them; what it returns, if not 0, ends the reading and is returned
 */
int session_read_iterator(struct bpf_program *p, size_t size,
			  int (*each)(void *arg, const void *record), void *arg);
/** session_ncpus - number of possible CPUs; ids are 0 .. this - 1. */
int session_ncpus(const struct session *s);

/* Run-time statistics of the programs of one object. */
struct prog_stats {
	uint64_t run_ns, run_cnt; /* only while statistics are on */
	uint64_t missed;	  /* recursion misses */
};
void session_prog_stats(const struct bpf_object *o, struct prog_stats *st);
/** session_stats_on - switch the kernel's BPF statistics on; close the fd to end. */
int session_stats_on(void);

#endif /* OSTRACE_SESSION_H */
