/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names of functions in program files: from their symbol tables, or from those of
 * separate debug files (/usr/lib/debug/.build-id). Nothing is ever asked over a network.
 */
#ifndef OSTRACE_SYMBOLS_H
#define OSTRACE_SYMBOLS_H

#include <stdbool.h>
#include <stdint.h>

struct symbols;

/* A program file, as far as it is known. */
struct symbol_file {
	uint32_t id;	   /* the caller's number for it */
	uint64_t ino;	   /* its inode: another file at the same path is not asked */
	uint32_t pid;	   /* a process that has it mapped, or had: may see it when we do not */
	const char *path;  /* as that process sees it; NULL: not known */
	const char *whole; /* likewise, if its root directory were that of everybody else */
};

struct symbol {
	const char *name; /* lives until symbols_close() */
	uint64_t start;	  /* where it begins: an address in the file's own terms */
	uint64_t into;	  /* bytes from there */
};

/**
 * symbols_known - what symbols_at() has answered for @offset of the file @id before
 * Return: 0, -ENOENT as it did, or -EAGAIN: it was not asked yet
 */
int symbols_known(const struct symbols *s, uint32_t id, uint64_t offset, struct symbol *out);

int symbols_open(struct symbols **s);
void symbols_close(struct symbols *s);

/**
 * symbols_at - the function at @offset of a file
 *
 * Answers are remembered, so that a file that goes away later keeps its names.
 * Return: 0; -ENOENT if the file cannot be found (any more), is no ELF file or
 * has no name for that place; -ENOMEM.
 */
int symbols_at(struct symbols *s, const struct symbol_file *f, uint64_t offset, struct symbol *out);

#endif /* OSTRACE_SYMBOLS_H */
