// SPDX-License-Identifier: GPL-2.0
/*
 * Swaps the attached OOM policy as fast as the kernel lets it: for as long as a command
 * runs. Usage: oom_swap POLICY.bpf.o POLICY.bpf.o COMMAND...
 *
 * Both are attached by `ostrace oom attach` once; after that it is one system call a
 * swap. At the end no policy is attached. The last line is "N swaps"; the status is the
 * command's, or 1 if a swap failed.
 */
#include <linux/bpf.h>
#include <sys/syscall.h>
#include "oom_vm.h"

#define PIN "/sys/fs/bpf/ostrace_oom_policy"

static int bpf(int cmd, union bpf_attr *attr)
{
	return (int)syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

/* The struct_ops map that was made last. */
static int newest_policy(void)
{
	struct bpf_map_info info;
	union bpf_attr attr;
	unsigned int id = 0;
	int fd, newest = -1;

	for (;;) {
		attr = (union bpf_attr){ .start_id = id };
		if (bpf(BPF_MAP_GET_NEXT_ID, &attr))
			return newest;
		id = attr.next_id;
		attr = (union bpf_attr){ .map_id = id };
		fd = bpf(BPF_MAP_GET_FD_BY_ID, &attr);
		if (fd < 0)
			continue;
		memset(&info, 0, sizeof(info));
		attr = (union bpf_attr){ .info = { .bpf_fd = (unsigned int)fd,
						   .info_len = sizeof(info),
						   .info = (uintptr_t)&info } };
		if (bpf(BPF_OBJ_GET_INFO_BY_FD, &attr) || info.type != BPF_MAP_TYPE_STRUCT_OPS) {
			close(fd);
			continue;
		}
		if (newest >= 0)
			close(newest);
		newest = fd;
	}
}

static int attach(const char *file)
{
	char command[512];

	snprintf(command, sizeof(command), "ostrace oom attach '%s' >&2", file);
	return system(command) ? -1 : newest_policy();
}

int main(int argc, char **argv)
{
	union bpf_attr attr = { .pathname = (uintptr_t)PIN };
	unsigned long swaps = 0;
	int map[2], link, status = 0;
	bool failed = false;
	pid_t pid;

	if (argc < 4)
		return 2;
	map[0] = attach(argv[1]);
	map[1] = attach(argv[2]);
	link = bpf(BPF_OBJ_GET, &attr);
	if (map[0] < 0 || map[1] < 0 || link < 0)
		die("cannot attach");
	pid = fork();
	if (!pid) {
		execvp(argv[3], argv + 3);
		die("exec");
	}
	while (waitpid(pid, &status, WNOHANG) != pid) {
		attr = (union bpf_attr){ .link_update = { .link_fd = (unsigned int)link,
							  .new_map_fd =
								  (unsigned int)map[swaps & 1] } };
		if (bpf(BPF_LINK_UPDATE, &attr)) {
			perror("BPF_LINK_UPDATE");
			failed = true;
		}
		swaps++;
	}
	unlink(PIN);
	printf("%lu swaps\n", swaps);
	return failed ? 1 : WEXITSTATUS(status);
}
