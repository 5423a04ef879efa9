// SPDX-License-Identifier: GPL-2.0
/* What cgroups are called to people, from their paths alone. */
#include "cgname.h"
#include "unit.h"

#define ID "3f2a91c0de12b4a5968778695a4b3c2d1e0f00112233445566778899aabbccdd"
#define UID_ "6f6a7a1c_11d2_4b8e_9d0a_0123456789ab"
#define UID "6f6a7a1c-11d2-4b8e-9d0a-0123456789ab"

static void names(void **state)
{
	static const struct {
		const char *path, *name;
	} cases[] = {
		{ "/", "/" },
		{ "", "/" },
		{ "/system.slice", "system.slice" },
		{ "/system.slice/ssh.service", "ssh.service" },
		{ "/system.slice/system-getty.slice/getty@tty1.service", "getty@tty1.service" },
		/* systemd's escapes, and what only looks like one */
		{ "/system.slice/dev-disk\\x2dby\\x2dlabel.swap", "dev-disk-by-label.swap" },
		{ "/system.slice/odd\\x2", "odd\\x2" },
		{ "/system.slice/odd\\xzz.service", "odd\\xzz.service" },
		{ "/system.slice/nul\\x00.service", "nul\\x00.service" },
		/* logins */
		{ "/user.slice/user-1000.slice", "user 1000" },
		{ "/user.slice/user-1000.slice/user@1000.service", "user manager 1000" },
		{ "/user.slice/user-1000.slice/session-3.scope", "session 3" },
		{ "/user.slice/user-.slice", "user-.slice" },
		/* containers, by systemd and by plain directories */
		{ "/system.slice/docker-" ID ".scope", "docker 3f2a91c0de12" },
		{ "/docker/" ID, "docker 3f2a91c0de12" },
		{ "/docker/" ID "/", "docker 3f2a91c0de12" },
		{ "/machine.slice/libpod-" ID ".scope", "podman 3f2a91c0de12" },
		{ "/machine.slice/libpod-conmon-" ID ".scope", "podman monitor 3f2a91c0de12" },
		{ "/machine.slice/machine-libpod_pod_" ID ".slice", "podman pod 3f2a91c0de12" },
		{ "/default/nerdctl-" ID ".scope", "nerdctl 3f2a91c0de12" },
		{ "/docker/" ID "0", ID "0" }, /* a digit too many: no id */
		{ "/system.slice/docker.service", "docker.service" },
		/* Kubernetes, both cgroup drivers, all runtimes */
		{ "/kubepods.slice", "kubepods.slice" },
		{ "/kubepods.slice/kubepods-burstable.slice", "kubepods burstable" },
		{ "/kubepods/besteffort", "kubepods besteffort" },
		{ "/other/besteffort", "besteffort" },
		{ "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" UID_ ".slice",
		  "pod 6f6a7a1c" },
		{ "/kubepods.slice/kubepods-pod" UID_ ".slice", "pod 6f6a7a1c" },
		{ "/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod" UID_ ".slice",
		  "pod 6f6a7a1c" },
		{ "/kubepods/burstable/pod" UID, "pod 6f6a7a1c" },
		{ "/kubepods/burstable/pod" UID "/" ID, "container 3f2a91c0de12" },
		{ "/kubepods/pod0123456789abcdef0123456789abcdef", "pod 01234567" },
		{ "/kubepods.slice/kubepods-pod" UID_ ".slice/cri-containerd-" ID ".scope",
		  "containerd 3f2a91c0de12" },
		{ "/kubepods.slice/kubepods-pod" UID_ ".slice/crio-" ID ".scope",
		  "cri-o 3f2a91c0de12" },
		{ "/system.slice/containerd.service/kubepods-burstable-pod" UID_
		  ".slice:cri-containerd:" ID,
		  "containerd 3f2a91c0de12" },
		{ "/x/podcast", "podcast" },
		/* machines */
		{ "/machine.slice/machine-qemu\\x2d1\\x2dweb.scope", "machine qemu-1-web" },
		{ "/machine.slice/systemd-nspawn@deb.service", "machine deb" },
		{ "/lxc.payload.web", "lxc web" },
		{ "/lxc/web", "lxc web" },
		{ "/lxc.monitor.web", "lxc monitor web" },
		{ "/garden/abc-def", "garden abc-def" },
	};
	char name[128];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cgname(cases[i].path, name, sizeof(name));
		assert_string_equal(name, cases[i].name);
	}
}

static void room(void **state)
{
	char name[8], one[1] = { 'x' };

	(void)state;
	cgname("/system.slice/docker-" ID ".scope", name, sizeof(name));
	assert_string_equal(name, "docker ");
	cgname("/system.slice/long\\x2dname.service", name, sizeof(name));
	assert_string_equal(name, "long-na");
	cgname("/machine.slice/machine-abcdefgh.scope", name, sizeof(name));
	assert_string_equal(name, "machine");
	cgname("/a", one, sizeof(one));
	assert_int_equal(one[0], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
