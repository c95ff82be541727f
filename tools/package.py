"""Makes a relocatable package of the release build: build/package/hone-VERSION-linux-x86_64.tar.zst (docs/package.md).

  tools/package.py [--without-torch] [--stage-only] [--folder build/package]

What goes in is found, not listed: the programs' libraries by the loader, save those that every Debian 12 and 13 has (BASE); whose they are by the
records of dpkg and of the Python wheels; whose headers were compiled in by Ninja's memory of them; the report page's packages by its lock file. A
part without a licence file, a library that belongs to nobody, and one that asks for a newer system than Debian 12 end it with an error.
"""

import argparse
import csv
import dataclasses
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / os.environ.get("HONE_BUILD", "release")
SDK = ROOT / ".deps"

# What every Debian 12 and 13 holds, however bare: the C library, and the C++ library, which apt itself needs.
BASE = {"ld-linux-x86-64.so.2", "libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1", "libutil.so.1", "libstdc++.so.6",
        "libgcc_s.so.1"}
# The newest symbols that Debian 12's have: glibc 2.36 and the C++ library of GCC 12.
NEWEST = {"GLIBC": (2, 36), "GLIBCXX": (3, 4, 30), "CXXABI": (1, 3, 13), "GCC": (12, 0, 0)}

LIBRARIES = pathlib.Path("lib/hone")
LICENCES = pathlib.Path("share/licenses")


class PackageError(Exception):
    """What cannot be packaged, and why."""


@dataclasses.dataclass(frozen=True)
class Part:
    """A thing of somebody else's that is in the package: a Debian package, a wheel, or a Node package. Its licences: (file, name in the package)."""

    name: str
    version: str
    licences: tuple


def output_of(*command):
    return subprocess.run([str(word) for word in command], check=True, stdout=subprocess.PIPE, text=True).stdout


# --- whose a file is ---

class Wheels:
    """Which wheel of .deps a file came with."""

    def __init__(self):
        self.part_of = {}  # By path.
        self.parts = {}    # By name.
        for record in sorted(SDK.resolve().glob("lib/python3*/site-packages/*.dist-info/RECORD")):
            with record.open(encoding="utf-8", newline="") as lines:
                files = [os.path.normpath(record.parent.parent / name) for name, *_ in csv.reader(lines)]
            part = wheel_part(record.parent, files)
            self.parts[part.name] = part
            self.part_of.update((file, part) for file in files)

    def part(self, file):
        """None for a file of no wheel."""
        return self.part_of.get(str(file))

    def named(self, name):
        if name not in self.parts:
            raise PackageError(f"the wheel {name} is not in {SDK}: run ./dev setup")
        return self.parts[name]


def wheel_part(info, files):
    """A wheel by its folder of metadata, where its licences lie, and the paths of its files, since a few have more of them in a folder `licensing`."""
    name, version = info.name.removesuffix(".dist-info").split("-", 1)
    licences = []
    for file in sorted(map(pathlib.Path, files)):
        if file.is_relative_to(info) and (file.is_relative_to(info / "licenses") or is_licence(file)):
            licences.append((file, str(file.relative_to(info)).removeprefix("licenses/")))
        elif file.parent.name == "licensing":
            licences.append((file, file.name))
    return Part(name, version, tuple(licences))


def is_licence(path):
    return re.match(r"(?i)(licen[cs]e|copying|notice)", path.name) is not None


def debian_packages(files):
    """The Debian package of each of `files` that has one."""
    # A merged /usr gives a file two names, and dpkg knows one of them.
    names = {name: file for file in files for name in (str(file), str(file).removeprefix("/usr"))}
    found = subprocess.run(["dpkg-query", "--search", *names], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    owners = {}
    for line in found.splitlines():
        package, separator, name = line.partition(": ")
        if separator and name in names:
            owners[names[name]] = package.split(",")[0].split(":")[0]
    return owners


def debian_part(package):
    version = output_of("dpkg-query", "--show", "--showformat", "${Version}", package)
    licence = pathlib.Path("/usr/share/doc") / package / "copyright"
    return Part(package, version, ((licence, "copyright"),) if licence.is_file() else ())


def parts_of(files, wheels):
    """{file: its part}, by wheel, else by Debian package."""
    parts = {file: wheels.part(file) for file in files}
    packages = debian_packages([file for file, part in parts.items() if not part])
    known = {package: debian_part(package) for package in set(packages.values())}
    for file, package in packages.items():
        parts[file] = known[package]
    unknown = [str(file) for file, part in parts.items() if not part]
    if unknown:
        raise PackageError(f"no Debian package and no wheel gave {', '.join(sorted(unknown)[:5])}: its licence cannot be told")
    return parts


# Libraries that hold, or are, something whose licence their wheel does not bring: by a text in their bytes, and where the licence is.
CARRIED = [("libtorch_cpu.so", b"Intel oneMKL", "oneMKL", lambda wheels: wheels.named("mkl_include")),
           ("libgomp.so.1", b"GOMP_", "libgomp.so.1", lambda _: debian_part("libgomp1"))]


def carried(found, wheels):
    """[(part, what of it)] inside the libraries {soname: file}."""
    return [(part(wheels), what) for soname, text, what, part in CARRIED if soname in found and text in found[soname].read_bytes()]


# --- what the programs are made of ---

def libraries(program):
    """{soname: file} of all that the loader gives a program, save BASE."""
    found = {}
    for line in output_of("ldd", program).splitlines():
        soname, arrow, rest = line.strip().partition(" => ")
        if not arrow or soname in BASE:
            continue
        if not rest.startswith("/"):
            raise PackageError(f"{program} needs {soname}, and the loader does not find it")
        found[soname] = pathlib.Path(rest.split(" (")[0]).resolve()
    return found


def headers(programs):
    """Every header of others that was compiled into `programs` (Ninja's targets)."""
    objects = {name for name in output_of("ninja", "-C", BUILD, "-t", "inputs", *programs).split() if name.endswith((".cpp.o", ".cxx.o"))}  # The second: several files compiled as one.
    included = remembered_headers(objects)
    forgotten = objects - included.keys()
    if forgotten or not objects:
        raise PackageError(f"Ninja does not remember what {min(forgotten, default=BUILD)} includes: remove {BUILD} and build again")
    found = {(BUILD / name).resolve() for names in included.values() for name in names}
    return {file for file in found if not file.is_relative_to(ROOT) or file.is_relative_to(SDK)}


def remembered_headers(objects):
    """{object: its headers} of those of `objects` that Ninja's log of dependencies holds."""
    included, names = {}, []
    for line in output_of("ninja", "-C", BUILD, "-t", "deps").splitlines():
        if line and not line.startswith(" "):
            names = []  # What follows is of no interest unless the line names one of them.
            if line.split(":")[0] in objects:
                included[line.split(":")[0]] = names
        elif line:
            names.append(line.strip())
    return included


def page_parts():
    """The Node packages that Vite may have put into the report page: all that are not for development alone."""
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text(encoding="utf-8"))
    parts = []
    for folder, package in lock["packages"].items():
        if folder and not package.get("dev"):
            licences = sorted((path, path.name) for path in (ROOT / "web" / folder).glob("*") if is_licence(path))
            parts.append(Part(folder.rpartition("node_modules/")[2], package["version"], tuple(licences)))
    return parts


def version():
    cache = (BUILD / "CMakeCache.txt").read_text(encoding="utf-8")
    return re.search(r"^CMAKE_PROJECT_VERSION:STATIC=(.+)$", cache, re.MULTILINE)[1]


# --- the folder ---

def stage_programs(stage, components):
    for component in components:
        subprocess.run(["cmake", "--install", BUILD, "--prefix", stage, "--component", component, "--strip"], check=True, stdout=subprocess.DEVNULL)


def stage_libraries(stage, found):
    """Beside those that `cmake --install` brought, those of the system; none of them with what only a debugger reads, or a path to elsewhere."""
    for soname, file in found.items():
        target = stage / LIBRARIES / soname
        if not target.exists():
            shutil.copyfile(file, target)
    for library in sorted((stage / LIBRARIES).iterdir()):
        if library.name not in found:
            raise PackageError(f"{library.name} was installed, but no program needs it")
        if ".symtab" in output_of("readelf", "--sections", "--wide", library):
            subprocess.run(["strip", "--strip-unneeded", library], check=True)
        if output_of("patchelf", "--print-rpath", library).strip() not in ("", "$ORIGIN"):
            subprocess.run(["patchelf", "--force-rpath", "--set-rpath", "$ORIGIN", library], check=True)


def stage_texts(stage):
    for example in sorted((ROOT / "examples").iterdir()):
        shutil.copytree(example, stage / "share/hone/examples" / example.name, ignore=shutil.ignore_patterns(".hone"))
    docs = stage / "share/doc/hone"
    docs.mkdir(parents=True)
    for page in sorted((ROOT / "docs").glob("*.md")):
        shutil.copyfile(page, docs / page.name)
    shutil.copyfile(ROOT / "docs/package.md", stage / "README.md")


def stage_licences(stage, parts):
    """share/licenses/NAME/… of every part, and a table that says what of it is in the package."""
    target = stage / LICENCES / "hone"
    target.mkdir(parents=True)
    shutil.copyfile(ROOT / "LICENSE", target / "LICENSE")
    table = [f"hone {version()}: all that is not below"]
    for part in sorted(parts, key=lambda part: part.name):
        if not part.licences:
            raise PackageError(f"{part.name} {part.version} came without a licence file, and is in the package: {', '.join(sorted(parts[part]))}")
        copy_licences(part, stage / LICENCES / part.name)
        table.append(f"{part.name} {part.version}: {', '.join(sorted(parts[part]))}")
    copy_common_licences(stage / LICENCES)
    (stage / LICENCES / "parts.txt").write_text("\n".join(table) + "\n", encoding="utf-8")


def copy_licences(part, target):
    for file, name in part.licences:
        copy = target / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)


def copy_common_licences(target):
    """Debian's copyright files name licences by their path in every Debian; elsewhere that path is not there."""
    named = set()
    for file in target.glob("*/copyright"):
        named.update(re.findall(r"/usr/share/common-licenses/([A-Za-z0-9.+-]*[A-Za-z0-9])", file.read_text(encoding="utf-8", errors="replace")))
    (target / "common-licenses").mkdir()
    for name in sorted(named):
        shutil.copyfile(pathlib.Path("/usr/share/common-licenses") / name, target / "common-licenses" / name)


def parts_in(programs, found):
    """{part: what of it is in the package} of programs ({Ninja's target: name}) and the libraries found for them."""
    wheels = Wheels()
    parts = {}
    owners = parts_of(found.values(), wheels)
    for soname, file in found.items():
        parts.setdefault(owners[file], set()).add(soname)
    for part, what in carried(found, wheels):
        parts.setdefault(part, set()).add(what)
    for part in parts_of(headers(programs), wheels).values():
        parts.setdefault(part, set()).add("headers")
    for part in page_parts():
        parts.setdefault(part, set()).add("report page")
    return parts


def make_stage(stage, torch):
    """Makes the folder; returns what it asks of the system."""
    programs = {"hone_cli": "hone", "hone-verify": "hone-verify"} | ({"hone-train": "hone-train"} if torch else {})
    found = {soname: file for name in programs.values() for soname, file in libraries(BUILD / "bin" / name).items()}
    parts = parts_in(programs, found)
    shutil.rmtree(stage, ignore_errors=True)
    stage_programs(stage, ["programs", "training"] if torch else ["programs"])
    stage_libraries(stage, found)
    stage_texts(stage)
    stage_licences(stage, parts)
    return check(stage)


# --- what it must hold to ---

def newest_symbols(file):
    """{"GLIBC": (2, 34), …}: the newest version of each kind of symbol that a file asks the system for."""
    newest = {}
    for kind, number in re.findall(r"Name: (GLIBC|GLIBCXX|CXXABI|GCC)_([0-9.]+)", output_of("readelf", "--version-info", "--wide", file).partition(
            "Version needs section")[2]):
        newest[kind] = max(newest.get(kind, ()), tuple(map(int, number.split("."))))
    return newest


def check(stage):
    """Everything that the loader needs is in the package or in BASE, and not newer than Debian 12's. Returns the newest symbols of all files."""
    inside = {path.name for path in (stage / LIBRARIES).iterdir()}
    newest = {}
    for file in [*(stage / "bin").iterdir(), *(stage / LIBRARIES).iterdir()]:
        needed = re.findall(r"\(NEEDED\).*\[(.+)\]", output_of("readelf", "--dynamic", "--wide", file))
        missing = set(needed) - inside - BASE
        if missing:
            raise PackageError(f"{file.name} needs {', '.join(sorted(missing))}, which the package does not hold")
        for kind, number in newest_symbols(file).items():
            if number > NEWEST[kind]:
                raise PackageError(f"{file.name} asks for {kind}_{dotted(number)}, newer than Debian 12's")
            newest[kind] = max(newest.get(kind, ()), number)
    return newest


def dotted(number):
    return ".".join(map(str, number))


# --- the archive ---

def source_time():
    """The time that all files of the archive bear: that of the commit, so that the same sources give the same bytes."""
    if "SOURCE_DATE_EPOCH" in os.environ:
        return int(os.environ["SOURCE_DATE_EPOCH"])
    try:
        return int(output_of("git", "-C", ROOT, "log", "-1", "--format=%ct"))
    except (OSError, subprocess.CalledProcessError):
        return 0


def archive(stage, level):
    """`stage` as a .tar.zst beside it: names in order, one time, no owner. Its window of 128 MB is the widest that zstd opens unasked."""
    target = stage.with_name(stage.name + ".tar.zst")
    time = source_time()

    def plain(entry):
        entry.mtime, entry.uid, entry.gid, entry.uname, entry.gname = time, 0, 0, "", ""
        entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
        return entry

    compress = ["zstd", "--quiet", "--force", f"-{level}", "--long=27", "-T2", "-o", target]
    with subprocess.Popen(compress, stdin=subprocess.PIPE) as zstd:
        with tarfile.open(fileobj=zstd.stdin, mode="w|", format=tarfile.PAX_FORMAT) as tar:
            for path in [stage, *sorted(stage.rglob("*"))]:
                tar.add(path, path.relative_to(stage.parent).as_posix(), recursive=False, filter=plain)
        zstd.stdin.close()
        if zstd.wait() != 0:
            raise PackageError("zstd failed")
    return target


def size_of(stage):
    return sum(path.stat().st_size for path in stage.rglob("*") if path.is_file())


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--without-torch", action="store_true", help="leave out hone-train and libtorch: no training, no prediction")
    parser.add_argument("--stage-only", action="store_true", help="make the folder, not the archive")
    parser.add_argument("--folder", type=pathlib.Path, default=ROOT / "build" / "package")
    parser.add_argument("--level", type=int, default=9, help="of zstd (default %(default)s; 19 takes twenty times as long)")
    options = parser.parse_args()
    stage = options.folder.resolve() / f"hone-{version()}-linux-x86_64{'-without-torch' if options.without_torch else ''}"
    try:
        newest = make_stage(stage, not options.without_torch)
        print(f"needs {', '.join(f'{kind} {dotted(number)}' for kind, number in sorted(newest.items()))}")
        print(f"{stage}: {size_of(stage) / 1e6:.1f} MB")
        if not options.stage_only:
            target = archive(stage, options.level)
            print(f"{target}: {target.stat().st_size / 1e6:.1f} MB")
    except PackageError as error:
        sys.exit(f"package: {error}")
    except subprocess.CalledProcessError as error:
        sys.exit(f"package: {' '.join(map(str, error.cmd))} ended with {error.returncode}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
