"""What the platform does in the background: changes of rights, and downloads to devices. Each takes its time."""

from dataclasses import dataclass, field

from connectors.attendance.simulator.codes import (
    AT_CAPACITY,
    DEVICE_OFFLINE,
    NO_TASK,
    NOTHING_TO_DOWNLOAD,
    TASK_STARTED,
    Refusal,
)
from connectors.attendance.simulator.rights import Held, Rights, Subject, Validity, lacking
from connectors.attendance.simulator.switches import Switches
from connectors.attendance.simulator.world import Channel, World, new_id


@dataclass(slots=True)
class Config:
    """A change of rights. `adding`: else they are taken away; `error`: it has been told to fail."""

    tag: str
    adding: bool
    subjects: list[Subject]
    channels: list[Channel]
    validity: Validity
    made: float
    due: float
    error: str = ""
    id: str = field(default_factory=new_id)
    finished: bool = False
    succeeded: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one person on one channel; `error` is a code, or empty."""

    person: str
    error: str
    id: str = field(default_factory=new_id)


@dataclass(slots=True)
class Download:
    """A download to devices. Not `due` before it is started; without channels it goes to all that differ.

    `plan`: what it will bring, person by person, with the error that awaits instead. What is configured after the
    start is not part of it.
    """

    tag: str
    kind: int
    made: float
    channels: list[Channel] = field(default_factory=list)
    due: float | None = None
    started: float = 0.0
    error: str = ""
    id: str = field(default_factory=new_id)
    finished: bool = False
    plan: dict[Channel, dict[str, tuple[Held | None, str]]] = field(default_factory=dict)  # as it was at the start
    results: dict[Channel, list[Result]] = field(default_factory=dict)
    errors: dict[Channel, str] = field(default_factory=dict)  # of a whole channel


class Tasks:
    """All tasks ever made. `fail_configs`, `fail_downloads`: the errors that await the next ones."""

    def __init__(self, world: World, rights: Rights) -> None:
        self._world = world
        self._rights = rights
        self.configs: dict[str, Config] = {}
        self.downloads: dict[str, Download] = {}
        self._unfinished: dict[str, Download] = {}
        self._open: list[Config | Download] = []  # begun and not finished
        self.fail_configs: list[str] = []
        self.fail_downloads: list[str] = []

    def configure(self, task: Config) -> str:
        """Takes a change of rights on."""
        task.error = self.fail_configs.pop(0) if self.fail_configs else ""
        self.configs[task.id] = task
        self._open.append(task)
        return task.id

    def create(self, task: Download, most: int) -> str:
        """Takes a download on, to be started later. No application may have more than `most` that have not ended."""
        if sum(each.tag == task.tag for each in self._unfinished.values()) >= most:
            raise Refusal(AT_CAPACITY, f"at most {most} downloads that have not ended")
        self._unfinished[task.id] = task
        self.downloads[task.id] = task
        return task.id

    def start(self, task: Download, now: float, switches: Switches) -> None:
        """The download begins, with what is configured now."""
        if task.due is not None:
            raise Refusal(TASK_STARTED, task.id)
        task.error = self.fail_downloads.pop(0) if self.fail_downloads else ""
        task.started, task.due = now, now + switches.download_seconds
        task.channels = task.channels or self._rights.channels()
        task.plan = {channel: self._plan(task, channel, switches) for channel in task.channels}
        self._open.append(task)

    def _plan(self, task: Download, channel: Channel, switches: Switches) -> dict[str, tuple[Held | None, str]]:
        strict = set() if switches.faceless_downloads else set(self._rights.wanted(channel))
        return {
            person: (content, lacking(content, task.kind) if content and person in strict else "")
            for person, content in self._rights.differing(channel, task.kind).items()
        }

    def config(self, tag: str, task: str) -> Config:
        """One of the asker's own. Raises Refusal."""
        found = self.configs.get(task)
        if found is None or found.tag != tag:
            raise Refusal(NO_TASK, task)
        return found

    def download(self, tag: str, task: str) -> Download:
        """One of the asker's own. Raises Refusal."""
        found = self.downloads.get(task)
        if found is None or found.tag != tag:
            raise Refusal(NO_TASK, task)
        return found

    def settle(self, now: float, switches: Switches) -> None:
        """What is due by now has happened, in the order in which it fell due."""
        ready = [task for task in self._open if task.due is not None and task.due <= now]
        for task in sorted(ready, key=lambda task: task.due or 0.0):
            if isinstance(task, Config):
                self._change(task)
            else:
                self._carry(task, switches)
                del self._unfinished[task.id]
            task.finished = True
            self._open.remove(task)

    def _change(self, task: Config) -> None:
        if task.error:
            task.failed = len(task.subjects) * len(task.channels) or 1
        elif not task.adding:
            task.succeeded = self._rights.revoke(task.tag, task.subjects, task.channels)
        else:
            for subject in task.subjects:
                if not self._exists(subject):
                    task.failed += len(task.channels)
                    continue
                for channel in task.channels:
                    self._rights.grant(task.tag, subject, channel, task.validity)
                    task.succeeded += 1

    def _exists(self, subject: Subject) -> bool:
        kind, code = subject
        return (self._world.living(code) if kind == "person" else self._world.org(code)) is not None

    def _carry(self, task: Download, switches: Switches) -> None:
        for channel, plan in task.plan.items():
            error = task.error or (DEVICE_OFFLINE if channel[0] in self._world.offline else "")
            if not error and not plan and switches.empty_download_fails:
                error = NOTHING_TO_DOWNLOAD
            if error:
                task.errors[channel] = error
                continue
            for person, (content, lack) in plan.items():
                if not lack:
                    self._rights.put(channel, person, content)
                task.results.setdefault(channel, []).append(Result(person, lack))
