// SPDX-License-Identifier: GPL-2.0
/* ladder PREFIX: attach the programs of that name in ladder.bpf.o until killed. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <bpf/libbpf.h>

int main(int argc, char **argv)
{
	struct bpf_object *o = argc == 3 ? bpf_object__open(argv[1]) : NULL;
	struct bpf_program *p;

	if (!o)
		return 2;
	bpf_object__for_each_program(p, o)
		bpf_program__set_autoload(p,
					  !strncmp(bpf_program__name(p), argv[2], strlen(argv[2])));
	if (bpf_object__load(o))
		return 1;
	bpf_object__for_each_program(p, o)
		if (bpf_program__autoload(p) && !bpf_program__attach(p))
			return 1;
	puts("ready");
	fflush(stdout);
	pause();
	return 0;
}
