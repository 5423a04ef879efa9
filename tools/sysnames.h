/* SPDX-License-Identifier: GPL-2.0 */
/* Names of system calls and of their results. */
#ifndef OSTRACE_SYSNAMES_H
#define OSTRACE_SYSNAMES_H

#include <stdint.h>
#include "ostrace/syscall.h"

/**
 * sysname - the name of a system call
 * @what: 1 + (abi << 16 | number), as in sys_what[]; 0: all those without a slot
 *
 * "read", "read[i386]", "syscall_999" for a number without a name, "other".
 */
void sysname(uint32_t what, char *buf, int n);
/** sysname_abi - name of the ABI of @what: "x86_64", "i386", "x32", "arm64", "arm". */
const char *sysname_abi(uint32_t what);
/** sysname_sigreturns - numbers of sigreturn and rt_sigreturn in @abi, -1 if it has none. */
void sysname_sigreturns(enum sys_abi abi, int nr[2]);
/** sysname_result - "ok", "ENOENT", "ERESTARTSYS", "E4000"; @buf serves the last. */
const char *sysname_result(uint32_t result, char *buf, int n);

#endif /* OSTRACE_SYSNAMES_H */
