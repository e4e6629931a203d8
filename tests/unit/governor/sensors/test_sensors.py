"""What the sensors say of made-up machines: every layout of control groups, and broken ones."""

import os
from dataclasses import asdict
from pathlib import Path

import pytest

from scarcity.events import ResourceSample
from scarcity.governor.sensors import Sensors
from scarcity.governor.sensors.gpu import GpuReading

MIB = 2**20
UNLIMITED_V1 = "9223372036854771712"
MEMINFO = "MemTotal: 8192 kB\nMemFree: 1 kB\nMemAvailable: 6144 kB\n"
V2_MOUNT = "30 23 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate"
HYBRID_MOUNTS = """\
24 1 0:5 / /proc rw,nosuid - proc proc rw
31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755
32 31 0:29 / /sys/fs/cgroup/cpu rw shared:9 - cgroup cgroup rw,cpu,cpuacct
35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
40 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd
41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw"""
HYBRID_GROUPS = "9:name=systemd:/\n4:memory:/a/b\n2:cpu,cpuacct:/a/b\n0::/a/b"
V1_GROUPS = "4:memory:/a/b\n2:cpu,cpuacct:/a/b"


class Machine:
    """A tree of files, and a clock that stands still until it is moved."""

    def __init__(self, root: Path, groups: str, mounts: str) -> None:
        self.root = root
        self.now = 0.0
        self.put({"proc/self/cgroup": groups, "proc/self/mountinfo": mounts})
        self.put({"proc/meminfo": MEMINFO})

    def write(self, directory: str, **files: str) -> None:
        """Write files; in a name, the first "_" stands for a dot."""
        self.put({f"{directory}/{name.replace('_', '.', 1)}": files[name] for name in files})

    def put(self, files: dict[str, str]) -> None:
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def v2(
        self, group: str, *, current: int = 0, file: int = 0, anon: int = 0, **more: str
    ) -> None:
        """Write the memory of a group of version 2; `more` are files such as memory_max."""
        stat = (
            f"anon {anon}\nfile {file}\ninactive_file {file // 2}\nactive_file {file - file // 2}\n"
        )
        directory = f"sys/fs/cgroup{group}"
        self.write(directory, memory_current=f"{current}\n", memory_stat=stat, **more)

    def v1(self, group: str, *, current: int, file: int = 0, limit: str) -> None:
        # The numbers without "total_" leave out the groups below, and are there to mislead.
        stat = "inactive_file 0\nactive_file 0\ntotal_rss 0\n"
        stat += f"total_inactive_file {file}\ntotal_active_file 0\n"
        directory = f"sys/fs/cgroup/memory{group}"
        self.write(directory, memory_usage_in_bytes=str(current), memory_limit_in_bytes=limit)
        self.write(directory, memory_stat=stat)

    def sensors(self) -> Sensors:
        return Sensors(self.root, clock=lambda: self.now, gpu=lambda _: GpuReading())


@pytest.fixture
def v2(tmp_path: Path) -> Machine:
    (tmp_path / "sys/fs/cgroup/a/b").mkdir(parents=True)
    return Machine(tmp_path, "0::/a/b\n", V2_MOUNT)


@pytest.fixture
def hybrid(tmp_path: Path) -> Machine:
    for tree in ("cpu", "memory", "unified"):
        (tmp_path / f"sys/fs/cgroup/{tree}/a/b").mkdir(parents=True)
    return Machine(tmp_path, HYBRID_GROUPS, HYBRID_MOUNTS)


def memory(sample: ResourceSample) -> tuple[float | None, float | None, str]:
    return sample.memory_used, sample.memory_limit, sample.memory_source


@pytest.mark.parametrize(
    ("groups", "mounts", "directory", "source"),
    [
        ("0::/a/b", V2_MOUNT, "/sys/fs/cgroup/a/b", "cgroup2:/a/b"),
        ("0::/a/b", V2_MOUNT, "/sys/fs/cgroup/a", "cgroup2:/a"),
        ("0::/", V2_MOUNT, "/sys/fs/cgroup", "cgroup2:/"),
        ("0::/pod/c/x", "1 2 0:3 /pod/c /cg rw - cgroup2 c rw", "/cg/x", "cgroup2:/pod/c/x"),
        ("0::/pod/c", "1 2 0:3 /pod/c /cg rw - cgroup2 c rw", "/cg", "cgroup2:/pod/c"),
        ("0::/", "1 2 0:3 /pod/c /cg rw - cgroup2 c rw", "/cg", "cgroup2:/"),
        ("0::/", "1 2 0:3 /.. /cg rw - cgroup2 c rw", "/cg", "cgroup2:/"),
        ("0::/../x", V2_MOUNT, "/sys/fs/cgroup", "cgroup2:/"),
        ("0::/a/b:c d", r"1 2 0:3 / /c\040g rw - cgroup2 c rw", "/c g/a/b:c d", "cgroup2:/a/b:c d"),
        ("0::/a/hidden", V2_MOUNT, "/sys/fs/cgroup/a", "cgroup2:/a"),
        (
            "0::/a/b",
            "1 2 0:3 /a/b /part rw - cgroup2 c rw\n1 2 0:3 / /all rw - cgroup2 c rw",
            "/all/a",
            "cgroup2:/a",
        ),
        (
            "0::/a/b",
            "1 2 0:3 /x /other rw - cgroup2 c rw\n1 2 0:3 /a/b /own rw - cgroup2 c rw",
            "/own",
            "cgroup2:/a/b",
        ),
        (V1_GROUPS + "\n0::/", V2_MOUNT, "/sys/fs/cgroup", "cgroup2:/"),
    ],
)
def test_a_limit_of_version_2_is_found_wherever_it_is_mounted(
    tmp_path: Path, groups: str, mounts: str, directory: str, source: str
) -> None:
    machine = Machine(tmp_path, groups, mounts)
    machine.write(
        directory[1:],
        memory_max="4194304\n",
        memory_current="2097152\n",
        memory_stat="anon 0\ninactive_file 524288\nactive_file 524288\n",
    )
    (tmp_path / "sys/fs/cgroup/a/b").mkdir(parents=True, exist_ok=True)

    assert memory(machine.sensors().read()) == (1 * MIB, 4 * MIB, source)


def test_no_file_outside_of_the_mounted_tree_is_taken_for_a_limit(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "0::/../x", V2_MOUNT)
    (tmp_path / "sys/fs/cgroup").mkdir(parents=True)
    machine.write("sys/fs/x", memory_max=str(MIB))

    assert machine.sensors().read().memory_source == "host"


@pytest.mark.parametrize(
    ("groups", "mounts", "source"),
    [
        (HYBRID_GROUPS, HYBRID_MOUNTS, "cgroup1:/a/b"),
        (V1_GROUPS, HYBRID_MOUNTS.rsplit("\n", 1)[0], "cgroup1:/a/b"),
        (
            "4:memory:/docker/a/b",
            HYBRID_MOUNTS.replace("32 / ", "32 /docker "),
            "cgroup1:/docker/a/b",
        ),
    ],
    ids=["hybrid", "v1 only", "bind mount"],
)
def test_a_limit_of_version_1_is_found(
    tmp_path: Path, groups: str, mounts: str, source: str
) -> None:
    machine = Machine(tmp_path, groups, mounts)
    machine.v1("", current=9 * MIB, limit=UNLIMITED_V1)
    machine.v1("/a", current=5 * MIB, limit=str(7 * MIB))
    machine.v1("/a/b", current=3 * MIB, file=1 * MIB, limit=str(2 * MIB))

    assert memory(machine.sensors().read()) == (2 * MIB, 2 * MIB, source)


@pytest.mark.parametrize(
    "limits",
    [
        {},
        {"sys/fs/cgroup/a/b/memory.max": "max\n"},
        {"sys/fs/cgroup/a/b/memory.max": f"{8 * MIB}\n"},  # all that the machine has
    ],
    ids=["no files", "max", "beyond the machine"],
)
def test_without_a_limit_the_machine_is_measured(v2: Machine, limits: dict[str, str]) -> None:
    v2.put(limits)

    assert memory(v2.sensors().read()) == (2 * MIB, 8 * MIB, "host")


def test_a_huge_limit_of_version_1_is_none(hybrid: Machine) -> None:
    hybrid.v1("/a/b", current=1, limit=UNLIMITED_V1)
    (hybrid.root / "proc/meminfo").unlink()

    assert memory(hybrid.sensors().read()) == (None, None, "")


@pytest.mark.parametrize(
    ("own", "above", "expected"),
    [
        ((1, 4), (2, 3), (2, 3, "cgroup2:/a")),  # tighter above
        ((1, 2), (2, 6), (1, 2, "cgroup2:/a/b")),  # tighter below
        ((1, 3), (6, 7), (6, 7, "cgroup2:/a")),  # more above, but nearly full: there it will kill
        ((1, 2), (1, 2), (1, 2, "cgroup2:/a/b")),
    ],
)
def test_the_group_with_the_least_left_is_measured_against_its_own_limit(
    v2: Machine, own: tuple[int, int], above: tuple[int, int], expected: tuple[int, int, str]
) -> None:
    v2.v2("/a/b", current=own[0] * MIB, memory_max=str(own[1] * MIB))
    v2.v2("/a", current=above[0] * MIB, memory_max=str(above[1] * MIB))
    used, limit, source = expected

    assert memory(v2.sensors().read()) == (used * MIB, limit * MIB, source)


def test_a_limit_that_changes_is_followed_by_the_next_reading(v2: Machine) -> None:
    sensors = v2.sensors()
    seen = []
    for limit in ("max", str(4 * MIB), str(2 * MIB), "max"):
        v2.v2("/a/b", current=MIB, memory_max=limit)
        seen.append(sensors.read().memory_limit)

    assert seen == [8 * MIB, 4 * MIB, 2 * MIB, 8 * MIB]


def test_a_process_that_is_moved_is_measured_where_it_is_now(v2: Machine) -> None:
    v2.v2("/a/b", current=MIB, memory_max=str(2 * MIB))
    v2.v2("/c", current=MIB, memory_max=str(3 * MIB))
    sensors = v2.sensors()
    assert sensors.read().memory_source == "cgroup2:/a/b"

    v2.put({"proc/self/cgroup": "0::/c\n"})

    assert memory(sensors.read()) == (MIB, 3 * MIB, "cgroup2:/c")


def test_pages_of_files_are_no_use_of_memory(v2: Machine) -> None:
    v2.v2("/a/b", current=MIB, anon=MIB // 2, memory_max=str(4 * MIB))
    sensors = v2.sensors()
    before = sensors.read().memory_used
    v2.v2("/a/b", current=4 * MIB, anon=MIB // 2, file=3 * MIB, memory_max=str(4 * MIB))

    assert before == sensors.read().memory_used == MIB


def test_the_working_set_is_never_less_than_what_cannot_be_dropped(v2: Machine) -> None:
    v2.v2("/a/b", current=2 * MIB, anon=MIB, file=2 * MIB, memory_max=str(4 * MIB))

    assert v2.sensors().read().memory_used == MIB


@pytest.mark.parametrize(
    ("own", "above", "expected"),
    [
        ("2097152", "max", (MIB, 8 * MIB, 2 * MIB, "cgroup2:/a/b")),  # a high alone is a reason
        ("2621440", "3145728", (3 * MIB // 2, 8 * MIB, 3 * MIB, "cgroup2:/a")),
        ("max", "max", (2 * MIB, 8 * MIB, None, "host")),
        ("nonsense", "2097152", (3 * MIB // 2, 8 * MIB, 2 * MIB, "cgroup2:/a")),
    ],
)
def test_memory_high_is_the_lowest_that_applies_to_what_is_measured(
    v2: Machine, own: str, above: str, expected: tuple[int, int, int | None, str]
) -> None:
    v2.v2("/a/b", current=MIB, memory_high=own, memory_max="max")
    v2.v2("/a", current=3 * MIB // 2, memory_high=above, memory_max="max")
    sample = v2.sensors().read()

    assert expected == (
        sample.memory_used,
        sample.memory_limit,
        sample.memory_high,
        sample.memory_source,
    )


def test_events_are_counted_from_one_reading_to_the_next(v2: Machine) -> None:
    v2.v2("/a/b", current=MIB, memory_max="max")
    v2.v2("/a", current=MIB, memory_max=str(2 * MIB))
    sensors = v2.sensors()
    seen = []
    # Own high and kills, and those of the group above. The last but one goes backwards.
    for own, above in [
        ((5, 0), (9, 0)),
        ((5, 0), (9, 0)),
        ((7, 0), (12, 1)),
        ((0, 0), (0, 0)),
        ((0, 1), (0, 1)),
    ]:
        v2.put(
            {
                f"sys/fs/cgroup{group}/memory.events": f"low 0\nhigh {high}\noom_kill {kills}\n"
                for group, (high, kills) in (("/a/b", own), ("/a", above))
            }
        )
        sample = sensors.read()
        seen.append((sample.memory_high_events, sample.oom_kills))

    assert seen == [(None, None), (0, 0), (3, 1), (None, 0), (0, 1)]


def test_kills_of_version_1_are_counted(hybrid: Machine) -> None:
    hybrid.v1("/a/b", current=1, limit=UNLIMITED_V1)
    sensors = hybrid.sensors()
    seen = []
    for kills in (1, 3):
        hybrid.write(
            "sys/fs/cgroup/memory/a/b",
            memory_oom_control=f"oom_kill_disable 0\nunder_oom 0\noom_kill {kills}\n",
        )
        sample = sensors.read()
        seen.append((sample.oom_kills, sample.memory_high_events))

    assert seen == [(None, None), (2, None)]


@pytest.mark.parametrize(
    ("own", "above", "cores"),
    [
        ("max 100000", "max 100000", 4.0),  # as many as the process may run on
        ("150000 100000", "max 100000", 1.5),
        ("150000 100000", "25000 50000", 0.5),
        ("900000 100000", "max 100000", 4.0),
        ("nonsense", "max 100000", None),
        ("50000 0", "max 100000", None),
        ("50000", "max 100000", None),
    ],
)
def test_the_smallest_quota_is_the_limit_of_the_processor(
    v2: Machine, monkeypatch: pytest.MonkeyPatch, own: str, above: str, cores: float | None
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2, 3})
    v2.write("sys/fs/cgroup/a/b", cpu_max=own)
    v2.write("sys/fs/cgroup/a", cpu_max=above)

    sample = v2.sensors().read()
    assert sample.cpu_limit == cores
    # Only where surely no quota is set is it sure that none ran out.
    assert sample.cpu_throttled == (0.0 if own == above else None)


@pytest.mark.parametrize(("quota", "cores"), [("-1", 4.0), ("50000", 0.5)])
def test_the_quota_of_version_1_is_found(
    hybrid: Machine, monkeypatch: pytest.MonkeyPatch, quota: str, cores: float
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2, 3})
    hybrid.write("sys/fs/cgroup/cpu/a", cpu_cfs_quota_us=quota, cpu_cfs_period_us="100000")

    assert hybrid.sensors().read().cpu_limit == cores


def test_the_use_of_the_processor_is_in_cores(v2: Machine) -> None:
    seen = []
    sensors = None
    for at, used_s in ((0.0, 7.0), (2.0, 10.0), (3.0, 0.5), (4.0, 0.75), (4.0, 0.8)):
        v2.now = at
        v2.write("sys/fs/cgroup/a/b", cpu_stat=f"usage_usec {used_s * 1e6:.0f}\nuser_usec 1\n")
        sensors = sensors or v2.sensors()
        seen.append(sensors.read().cpu_used)

    # First there is nothing to compare with; then it went backwards; then no time has passed.
    assert seen == [None, 1.5, None, 0.25, None]


def test_the_use_of_the_processor_is_found_in_version_1(hybrid: Machine) -> None:
    hybrid.write("sys/fs/cgroup/cpu/a/b", cpuacct_usage="1000000000\n")
    sensors = hybrid.sensors()
    sensors.read()
    hybrid.now = 0.5
    hybrid.write("sys/fs/cgroup/cpu/a/b", cpuacct_usage="1250000000\n")

    assert sensors.read().cpu_used == 0.5


def test_the_use_of_the_processor_is_that_of_the_group_with_the_quota(v2: Machine) -> None:
    v2.write("sys/fs/cgroup/a/b", cpu_max="max 100000", cpu_stat="usage_usec 0\n")
    v2.write("sys/fs/cgroup/a", cpu_max="50000 100000", cpu_stat="usage_usec 0\n")
    sensors = v2.sensors()
    sensors.read()
    v2.now = 1.0
    v2.write("sys/fs/cgroup/a", cpu_stat="usage_usec 500000\n")

    assert sensors.read().cpu_used == 0.5


def test_throttling_is_the_share_of_periods_that_have_ended(v2: Machine) -> None:
    seen = []
    sensors = None
    for at, periods, throttled in [
        (0.0, 100, 50),
        (1.0, 110, 54),
        (1.05, 110, 54),  # no period has ended since: the last is what is known
        (1.1, 111, 55),
        (3.0, 111, 55),  # idle
        (3.1, 5, 5),  # counted anew
        (3.2, 6, 5),
    ]:
        v2.now = at
        stat = f"usage_usec 1\nnr_periods {periods}\nnr_throttled {throttled}\n"
        v2.write("sys/fs/cgroup/a/b", cpu_max="50000 100000", cpu_stat=stat)
        sensors = sensors or v2.sensors()
        seen.append(sensors.read().cpu_throttled)

    assert seen == [None, 0.4, 0.4, 1.0, 0.0, None, 0.0]


def test_without_a_quota_nothing_is_throttled(v2: Machine) -> None:
    v2.write("sys/fs/cgroup/a/b", cpu_max="max 100000", cpu_stat="usage_usec 0\n")

    assert v2.sensors().read().cpu_throttled == 0.0


def psi(some_us: int, full_us: int) -> str:
    return "".join(
        f"{kind} avg10=99.00 avg60=99.00 avg300=99.00 total={total}\n"
        for kind, total in (("some", some_us), ("full", full_us))
    )


@pytest.mark.parametrize(
    "directory",
    ["sys/fs/cgroup/unified/a/b/{}.pressure", "proc/pressure/{}"],
    ids=["group", "machine"],
)
def test_pressure_is_the_share_of_the_time_since_the_last_reading(
    hybrid: Machine, directory: str
) -> None:
    seen = []
    sensors = None
    for at, some, full in (
        (0.0, 500, 100),
        (0.5, 125_500, 62_600),
        (1.0, 925_500, 62_600),
        (1.5, 0, 0),
    ):
        hybrid.now = at
        hybrid.put({directory.format(each): psi(some, full) for each in ("cpu", "io", "memory")})
        sensors = sensors or hybrid.sensors()
        sample = sensors.read()
        assert sample.memory_pressure == sample.cpu_pressure == sample.io_pressure
        assert sample.memory_pressure_full == sample.io_pressure_full
        seen.append((sample.memory_pressure, sample.memory_pressure_full))

    # The averages are not looked at; a share is at most 1; what goes backwards is unknown.
    assert seen == [(None, None), (0.25, 0.125), (1.0, 0.0), (None, None)]


def test_pressure_of_a_group_is_not_compared_with_that_of_the_machine(v2: Machine) -> None:
    v2.put({"proc/pressure/io": psi(900_000, 0), "sys/fs/cgroup/a/b/memory.max": "max"})
    sensors = v2.sensors()
    sensors.read()
    v2.now = 1.0
    v2.put({"sys/fs/cgroup/a/b/io.pressure": psi(950_000, 0)})

    assert sensors.read().io_pressure is None


def test_where_nothing_can_be_read_all_is_unknown_but_the_cores(tmp_path: Path) -> None:
    sensors = Sensors(tmp_path, gpu=lambda _: GpuReading())

    sensors.read()
    assert sensors.read() == ResourceSample(cpu_limit=float(len(os.sched_getaffinity(0))))


GARBAGE = [
    "",
    "\n\n",
    "nonsense",
    "-5",
    "nan",
    "inf",
    "1e400",
    "9" * 500,
    "1 2 3 4\n5",
    "12abc\x00\udcff",
    "some total=\nfull total=x\n",
    "some total=" + "9" * 400,
    "0::\n:::\n0::a/b\n0::/\x00\n",
    "1 2 0:3 / /\x00 rw - cgroup2 c rw\n - - \n",
]


@pytest.mark.parametrize("garbage", GARBAGE, ids=range(len(GARBAGE)))
@pytest.mark.parametrize("layout", ["v2", "hybrid"])
def test_garbage_in_any_file_makes_what_it_says_unknown(
    request: pytest.FixtureRequest, layout: str, garbage: str
) -> None:
    machine: Machine = request.getfixturevalue(layout)
    base = "sys/fs/cgroup" if layout == "v2" else "sys/fs/cgroup/unified"
    machine.v2("/a/b", current=MIB, memory_max=str(4 * MIB), memory_high=str(3 * MIB))
    machine.v1("/a/b", current=MIB, limit=str(4 * MIB))
    machine.put({f"{base}/a/b/{each}.pressure": psi(1, 1) for each in ("cpu", "io", "memory")})
    stat = "usage_usec 1\nnr_periods 1\nnr_throttled 1\n"
    machine.write(f"{base}/a/b", cpu_max="5 10", cpu_stat=stat)
    machine.write("sys/fs/cgroup/cpu/a/b", cpu_stat=stat)
    machine.write("sys/fs/cgroup/cpu/a/b", cpu_cfs_quota_us="1", cpu_cfs_period_us="2")
    machine.write("sys/fs/cgroup/cpu/a/b", cpuacct_usage="1")
    healthy = twice(machine, machine.sensors())
    assert healthy["memory_limit"] == 4 * MIB

    for path in [path for path in machine.root.rglob("*") if path.is_file()]:
        sensors, before = machine.sensors(), path.read_bytes()
        sensors.read()
        path.write_bytes(garbage.encode(errors="surrogateescape"))
        for each in (sensors, machine.sensors()):
            sample = twice(machine, each)
            # Without its place in the tree, the process is measured as one outside of it.
            if path.name not in {"cgroup", "mountinfo"}:
                wrong = {name: value for name, value in sample.items() if value != healthy[name]}
                assert set(wrong.values()) <= {None, ""}, path
        path.write_bytes(before)


def twice(machine: Machine, sensors: Sensors) -> dict[str, object]:
    sensors.read()
    machine.now += 2.0
    return asdict(sensors.read())


@pytest.mark.parametrize("garbage", ["nonsense", "", "12abc"])
def test_a_limit_that_cannot_be_understood_is_unknown_rather_than_none(
    v2: Machine, garbage: str
) -> None:
    v2.v2("/a/b", current=MIB, memory_max=garbage)

    assert memory(v2.sensors().read()) == (None, None, "")


@pytest.mark.parametrize("missing", ["memory.current", "memory.stat"])
def test_a_use_that_cannot_be_read_leaves_the_limit_known(v2: Machine, missing: str) -> None:
    v2.v2("/a/b", current=MIB, memory_max=str(2 * MIB))
    (v2.root / "sys/fs/cgroup/a/b" / missing).unlink()

    assert memory(v2.sensors().read()) == (None, 2 * MIB, "cgroup2:/a/b")


def test_sensors_that_are_dropped_leave_no_file_open(v2: Machine) -> None:
    v2.v2("/a/b", current=MIB, memory_max=str(2 * MIB))
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(20):
        v2.sensors().read()

    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_what_the_graphics_processor_says_is_passed_on(tmp_path: Path) -> None:
    sample = Sensors(tmp_path, gpu=lambda _: GpuReading(0.5, 1.0, 2.0, 60.0)).read()

    assert (sample.gpu_used, sample.gpu_temperature) == (0.5, 60.0)
    assert (sample.gpu_memory_used, sample.gpu_memory_limit) == (1.0, 2.0)


def test_a_stall_of_one_tick_is_no_pressure(hybrid: Machine) -> None:
    sensors, seen = None, []
    for tick, stalled_us in enumerate([*[0] * 11, *[50_000] * 6]):
        hybrid.now = tick * 0.0625
        hybrid.put({"proc/pressure/memory": psi(stalled_us, 0)})
        sensors = sensors or hybrid.sensors()
        seen.append(sensors.read().memory_pressure)

    assert seen == [None] * 8 + [0.0] * 4 + [0.1] * 5
