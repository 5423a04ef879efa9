// SPDX-License-Identifier: GPL-2.0
/*
 * Debian's libelf.a (elfutils 0.192) refers to two functions of elfutils' own
 * internal library, which is in no package. They set up and tear down the tree
 * of raw chunks that only elf_getdata_rawchunk() fills; libbpf never calls it
 * (if it did, its eu_tsearch() would be missing at link time too), so the tree
 * stays as calloc() made it: empty.
 */
void eu_search_tree_init(void *tree);
void eu_search_tree_fini(void *tree, void (*free_node)(void *));

__attribute__((weak)) void eu_search_tree_init(void *tree)
{
}

__attribute__((weak)) void eu_search_tree_fini(void *tree, void (*free_node)(void *))
{
}
