"""A rich estate written straight into the stores of a running local system: every state that the console can show."""

from __future__ import annotations

import hashlib
import random
from datetime import UTC, datetime, timedelta

import msgspec
from msgspec.structs import replace

from pratique.adapters.dynamodb_stores import DynamoStores
from pratique.model.advisory import Exploitation
from pratique.model.coverage import Reason, ReasonCode, ScanStatus
from pratique.model.digest import DiffId
from pratique.model.finding import Category, VulnerabilityFinding
from pratique.model.image import Image, ImageId
from pratique.model.inventory import AnalyzedImage, ImageInventory
from pratique.model.package import InstalledPackage, Location, Package, PackageType
from pratique.model.sample import Level
from pratique.model.scan_id import scan_id
from pratique.model.severity import Priority, Severity
from pratique.ports.findings import LevelCounts, PriorityCounts
from pratique.ports.scans import ScanRecord, ScanState
from pratique.ports.trend import DayTotals, RiskCounts
from pratique.services.image_inventories import ImageInventories
from pratique.wiring.stores import objects
from tests.finding_builder import coverage, digest_of, finding, image_id, report, resolved, sample

INSTANCES = ("111122223333.eu-west-1", "444455556666.us-east-1")
TEAMS = ("shop", "payments", "platform", "search", "data/lake")
PARTS = ("web", "api", "worker", "batch", "proxy", "cron")
SYSTEM = ("openssl", "glibc", "curl", "zlib", "expat", "systemd", "libxml2", "krb5", "perl", "tar")
APPLICATION = ("requests", "jinja2", "log4j-core", "lodash", "urllib3", "spring-web", "express", "pillow")
KINDS = (
    "Out-of-bounds read",
    "Use after free",
    "Integer overflow",
    "Path traversal",
    "Unchecked recursion",
    "Weak randomness",
)
EFFECTS = (
    "crash the process",
    "run code of their own",
    "read memory that is not theirs",
    "write files outside its folder",
)
SOUND = ("base-files", "bash", "coreutils", "dpkg", "grep", "libc-bin", "libgcc-s1", "mawk", "ncurses-base", "sed")
INSTRUCTIONS = (
    ("/bin/sh -c #(nop) ADD file:8b7a5d2f in / ", 48_497_291),
    (
        "/bin/sh -c apt-get update && apt-get install -y --no-install-recommends build-essential curl # buildkit",
        61_302_118,
    ),
    ("RUN /bin/sh -c pip install --no-cache-dir -r requirements.txt # buildkit", 33_910_442),
    ("COPY package.json package-lock.json ./ # buildkit", 214_778),
    ("RUN /bin/sh -c npm ci --omit=dev && npm cache clean --force # buildkit", 87_120_934),
    ("COPY . /srv/app # buildkit", 5_310_226),
)
SAMPLES = ("xmrig", "mirai", "reverse-shell", "webshell", "cryptominer", "dropper", "keylogger", "rootkit")

MARKUP = "<script>document.title='broken'</script><img src=x onerror=alert(1)>"
REVERSED = "safe\u202egpj.exe\u202c name"
LONG = "very-long-" * 30
EMOJI = "🦀🔥 crab \U0001f9d1\u200d\U0001f4bb"
HOSTILE = (MARKUP, REVERSED, LONG, EMOJI)
HOSTILE_IDS = tuple(f"HOSTILE-{number}" for number in range(len(HOSTILE)))

PARTIAL = image_id("partial", "states/partial", INSTANCES[0])
UNSUPPORTED = image_id("unsupported", "states/unsupported", INSTANCES[0])
FAILED = image_id("failed", "states/failed", INSTANCES[0])
UNSCANNED = image_id("unscanned", "states/unscanned", INSTANCES[0])
CLEAN = image_id("clean", "states/clean", INSTANCES[0])
HOSTILE_IMAGE = image_id("hostile", "hostile/names", INSTANCES[0])
PAIR = tuple(image_id(f"pair {tag}", "shop/storefront", INSTANCES[0]) for tag in ("1.0", "1.1"))
IMAGES = 47
"""How many images `seed` writes."""

MISSED = (
    Reason(ReasonCode.LAYER_UNREADABLE, "the gzip stream ends too early", layer="sha256:" + "1" * 64),
    Reason(ReasonCode.FILE_UNREADABLE, "not a JSON document", "srv/app/package-lock.json"),
)


def seed(stores: DynamoStores) -> None:
    """Fill the stores; the stream carries everything to the counts."""
    choose = random.Random(7)  # noqa: S311 - the same estate each time, nothing secret
    flaws = _flaws()
    now = datetime.now(UTC).replace(microsecond=0)
    number = 0
    for instance in INSTANCES:
        for team in TEAMS:
            for part in PARTS[: 6 if instance == INSTANCES[0] else 2]:
                image = image_id(f"{instance} {team} {part}", f"{team}/{part}", instance)
                found = tuple(choose.sample(flaws, 14)) if number % 7 else ()
                held = tuple(
                    _sample(name, choose.randrange(4)) for name in choose.sample(SAMPLES, 2 if number % 11 == 3 else 0)
                )
                _write(stores, image, found, held, at=now - timedelta(minutes=17 * number), tag=f"2.{number}")
                number += 1
    _write_states(stores, now)
    _write_hostile(stores, now)
    _write_pair(stores, flaws, now)
    _write_scans(stores, now)
    _write_trend(stores, now)


def _write(
    stores: DynamoStores,
    image: ImageId,
    found: tuple[VulnerabilityFinding, ...],
    held: tuple[object, ...] = (),
    *,
    at: datetime,
    tag: str = "latest",
    status: ScanStatus = ScanStatus.COMPLETE,
    reasons: tuple[Reason, ...] = (),
) -> None:
    seq = stores.findings.begin(image)
    written = report(found, held, status=status, reasons=reasons)  # type: ignore[arg-type]  # samples, built above
    whole = _built(image)
    stores.findings.write(image, whole, written, seq=seq, tags=(tag,), now=at)
    objects().put(f"images/{image.digest}.json", msgspec.json.encode(whole))
    ImageInventories(objects()).put(image.digest, _analyzed(found))


def _built(image: ImageId) -> Image:
    """An image as builders make them: the instructions and sizes of its layers are of the usual kind."""
    whole = resolved(image, len(INSTRUCTIONS))
    layers = (
        replace(layer, created_by=made, size=size)
        for layer, (made, size) in zip(whole.layers, INSTRUCTIONS, strict=True)
    )
    return replace(whole, layers=tuple(layers))


def _analyzed(found: tuple[VulnerabilityFinding, ...]) -> AnalyzedImage:
    """What a scan would have kept: the affected packages, some that are not, and one that a layer took away."""
    content = [DiffId(digest_of(f"content {index}")) for index in range(len(INSTRUCTIONS))]
    affected = {package.installed: None for one in found for package in one.packages}
    sound = tuple(_installed(name, content[number % 5]) for number, name in enumerate(SOUND))
    gone = (_installed("build-essential", content[1], content[2]), _installed("setuptools", content[2], content[4]))
    return AnalyzedImage(ImageInventory(None, (*affected, *sound), gone), 6, 6, 4200, 310, 48_000_000, "rules1")


def _installed(name: str, layer: DiffId, removed_by: DiffId | None = None) -> InstalledPackage:
    package = Package(PackageType.DEB, name, "1.2-3", "amd64", name, "1.2-3")
    return InstalledPackage(package, "Debian:12", (Location("var/lib/dpkg/status", layer),), removed_by)


WEAKNESSES: tuple[tuple[str, ...], ...] = (("CWE-416", "CWE-1188"), ("CWE-79",), ())


def _flaws() -> list[VulnerabilityFinding]:
    priorities, severities = list(Priority), list(Severity)
    flaws = []
    for number in range(130):
        system = number % 5 < 3
        names = SYSTEM if system else APPLICATION
        priority = priorities[min(2, number % 7 // 2)]
        exploited = number % 19 == 0
        package = names[number % len(names)]
        made = finding(
            f"CVE-2025-{10000 + number * 37}",
            priority,
            title=f"{KINDS[number % len(KINDS)]} in {package}",
            category=Category.SYSTEM if system else Category.APPLICATION,
            package=package,
            fixed="" if number % 4 == 3 else f"{3 + number % 3}.{number % 10}.{number % 23}-1",
            layer=number % 6,
            exploitation=Exploitation(
                kev_added="2025-06-01" if exploited else "",
                kev_due="2025-06-22" if exploited else "",
                epss=round((number * 7919 % 1000) / 1000, 3),
                epss_percentile=round((number * 104729 % 1000) / 1000, 3),
            ),
        )
        severity = severities[min(len(severities) - 1, priority_rank(priority) + number % 2)]
        told = f"{made.vulnerability.title} lets somebody who can send input to it {EFFECTS[number % len(EFFECTS)]}."
        flaw = replace(made.vulnerability, severity=severity, description=told, weaknesses=WEAKNESSES[number % 3])
        flaws.append(replace(made, vulnerability=flaw))
    return flaws


def priority_rank(priority: Priority) -> int:
    """0 for the highest."""
    return list(Priority).index(priority)


def _sample(name: str, level: int) -> object:
    return sample(name, list(Level)[min(level, 2)], layer=level)


def _write_states(stores: DynamoStores, now: datetime) -> None:
    flaw = finding("CVE-2025-9001", Priority.LOW)
    _write(stores, PARTIAL, (), at=now, status=ScanStatus.PARTIAL, reasons=MISSED)
    reasons = (Reason(ReasonCode.DISTRIBUTION_WITHOUT_DATA, "no advisories for Slackware 15"),)
    _write(stores, UNSUPPORTED, (), at=now, status=ScanStatus.UNSUPPORTED, reasons=reasons)
    _write(stores, FAILED, (flaw,), at=now - timedelta(days=2))
    seq = stores.findings.begin(FAILED)
    failed = coverage(Reason(ReasonCode.IMAGE_UNREADABLE, "the registry answered 404 for the manifest"))
    stores.findings.fail(FAILED, seq=seq, coverage=failed, tags=("latest",), now=now)
    stores.findings.begin(UNSCANNED)
    _write(stores, CLEAN, (), at=now)


def _write_hostile(stores: DynamoStores, now: datetime) -> None:
    flaws = []
    for identifier, text in zip(HOSTILE_IDS, HOSTILE, strict=True):
        made = finding(identifier, Priority.HIGH, category=Category.APPLICATION, package=text, title=text)
        told = replace(
            made.vulnerability,
            description=text,
            references=("javascript:alert(1)", f"https://example.org/{identifier}"),
        )
        flaws.append(replace(made, vulnerability=told))
    held = tuple(sample(text, Level.URGENT) for text in HOSTILE)
    _write(stores, HOSTILE_IMAGE, tuple(flaws), held, at=now, tag="latest")


def _write_pair(stores: DynamoStores, flaws: list[VulnerabilityFinding], now: datetime) -> None:
    older, newer = PAIR
    _write(stores, older, tuple(flaws[:12]), at=now - timedelta(days=3), tag="1.0")
    _write(stores, newer, tuple(flaws[6:14]), at=now, tag="1.1")


def _write_scans(stores: DynamoStores, now: datetime) -> None:
    states = (
        ScanState.COMPLETE, ScanState.PARTIAL, ScanState.FAILED, ScanState.SUPERSEDED, ScanState.RUNNING,
        ScanState.RUNNING,  # the one that a test stops
    )  # fmt: skip
    for number, state in enumerate(states):
        started = now - timedelta(hours=number + 1)
        ended = None if state is ScanState.RUNNING else started + timedelta(minutes=3)
        done = 40 if ended else 17
        scope = ("ALL", f"I#{INSTANCES[1]}", f"R#{INSTANCES[0]}/shop/web")[number % 3]
        detail = "the registry did not answer" if state is ScanState.FAILED else ""
        trigger = ("schedule", "request", "push", "advisories")[number % 4]
        identifier = scan_id(started, hashlib.sha256(str(number).encode()).hexdigest())
        stores.scans.start(ScanRecord(identifier, trigger, scope, state, started, ended, 40, done, 0, 0, detail))


def _write_trend(stores: DynamoStores, now: datetime) -> None:
    for ago in range(60, 0, -1):
        wave = ago * 37 % 11
        totals = DayTotals(
            day=(now - timedelta(days=ago)).date(),
            images=RiskCounts(30 + ago // 6, 4, 3, 5, 2),
            system=PriorityCounts(20 + ago // 3 + wave, 26 + wave, 30 + ago // 8),
            application=PriorityCounts(12 + ago // 5, 20 + wave // 2, 22),
            samples=LevelCounts(2 + wave // 5, 1, 2),
        )
        stores.trend.put(totals)
