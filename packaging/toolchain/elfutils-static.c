// SPDX-License-Identifier: GPL-2.0
/*
 * Debian's libelf.a and libdw.a (elfutils 0.192) refer to functions of elfutils' own
 * internal library, which is in no package: tsearch(3) and its like on a tree that may
 * have a lock beside its root. Debian builds elfutils without locks, and the root comes
 * first, so this is all they have to do.
 *
 * Weak: where an elfutils brings its own, that is taken.
 */
#include <search.h>
#include <stddef.h>

struct search_tree {
	void *root;
};

typedef int compare_fn(const void *a, const void *b);
typedef void free_fn(void *node);

#define WEAK __attribute__((weak))

void eu_search_tree_init(struct search_tree *tree);
void eu_search_tree_fini(struct search_tree *tree, free_fn *free_node);
void *eu_tsearch(const void *key, struct search_tree *tree, compare_fn *compare);
void *eu_tfind(const void *key, struct search_tree *tree, compare_fn *compare);
void *eu_tdelete(const void *key, struct search_tree *tree, compare_fn *compare);
void eu_tdestroy(struct search_tree *tree, free_fn *free_node);

WEAK void eu_search_tree_init(struct search_tree *tree)
{
	tree->root = NULL;
}

WEAK void eu_search_tree_fini(struct search_tree *tree, free_fn *free_node)
{
	eu_tdestroy(tree, free_node);
}

WEAK void *eu_tsearch(const void *key, struct search_tree *tree, compare_fn *compare)
{
	return tsearch(key, &tree->root, compare);
}

WEAK void *eu_tfind(const void *key, struct search_tree *tree, compare_fn *compare)
{
	return tfind(key, &tree->root, compare);
}

WEAK void *eu_tdelete(const void *key, struct search_tree *tree, compare_fn *compare)
{
	return tdelete(key, &tree->root, compare);
}

WEAK void eu_tdestroy(struct search_tree *tree, free_fn *free_node)
{
	tdestroy(tree->root, free_node);
	tree->root = NULL;
}
