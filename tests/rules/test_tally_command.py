"""`eventapp tally`: one JSON object and 0, or `error: ` lines and 2; never a traceback."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from eventapp.tally_command import main
from tests.rules.tally_case import Files, case_files, chosen, tally_files

CHOICE = 'method = "choice"'
ROOT = Path(__file__).parents[2]


def arguments(folder: Path, files: Files) -> list[str]:
    found = []
    for name, data in files.items():
        path = folder / name
        path.write_bytes(data)
        found += [f"--{name}", str(path)]
    return [*found, "--format", "json"]


@pytest.fixture
def files() -> Files:
    return case_files(CHOICE, chosen(j1="S1"))


def refused(argv: list[str], capsysbinary: pytest.CaptureFixture[bytes]) -> list[str]:
    assert main(argv) == 2
    out, err = capsysbinary.readouterr()
    lines = err.decode().splitlines()
    assert out == b""
    assert err.endswith(b"\n")
    assert [line for line in lines if not line.startswith("error: ")] == []
    return [line.removeprefix("error: ") for line in lines]


def test_tally_command_writes_one_json_object(
    tmp_path: Path, files: Files, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(arguments(tmp_path, files)) == 0
    out, err = capsysbinary.readouterr()
    assert (json.loads(out), err) == (tally_files(files), b"")


def test_tally_command_is_content_while_a_prize_is_pending(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    files = case_files('method = "choice"\nchoices = 2\nties = ["chair"]', chosen(j1="S1 S2"))
    assert main(arguments(tmp_path, files)) == 0
    assert json.loads(capsysbinary.readouterr().out)["prizes"][0]["needs"] == "chair"


def test_tally_command_reads_decisions(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    files = case_files('method = "choice"\nchoices = 2\nties = ["chair"]', chosen(j1="S1 S2"), decisions=["p,chair,S2"])
    assert main(arguments(tmp_path, files)) == 0
    assert json.loads(capsysbinary.readouterr().out)["prizes"][0]["winners"] == ["S2"]


def test_tally_command_takes_options_with_equals_signs(
    tmp_path: Path, files: Files, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    argv = arguments(tmp_path, files)
    assert main([f"{option}={value}" for option, value in zip(argv[::2], argv[1::2], strict=True)]) == 0
    assert json.loads(capsysbinary.readouterr().out) == tally_files(files)


def test_tally_command_writes_japanese_as_it_is(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    files = case_files(CHOICE, chosen(j1="渋谷"), entries="渋谷")
    assert main(arguments(tmp_path, files)) == 0
    assert '"winners": ["渋谷"]'.encode() in capsysbinary.readouterr().out


def test_tally_command_reads_and_writes_numbers_of_any_length(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    many = "9" * 5000
    files = case_files(f'method = "score"\ncriteria.x.max = "{many}"', [f"1,j1,c,S1,x,{many},"])
    before = sys.get_int_max_str_digits()
    assert main(arguments(tmp_path, files)) == 0
    assert json.loads(capsysbinary.readouterr().out)["contests"][0]["standing"][0]["score"] == many
    assert sys.get_int_max_str_digits() == before


@pytest.mark.parametrize(
    ("drop", "add", "first"),
    [
        ("--rules", [], "--rules is missing"),
        ("--judges", [], "--judges is missing"),
        ("--entries", [], "--entries is missing"),
        ("--ballots", [], "--ballots is missing"),
        ("--format", [], "--format is missing"),
        ("--format", ["--format", "xml"], "unknown format 'xml'"),
        ("--format", ["--format"], "--format needs a value"),
        ("", ["--colour", "red"], "unknown argument '--colour'"),
        ("", ["rules.toml"], "unknown argument 'rules.toml'"),
        ("", ["rules"], "unknown argument 'rules'"),
        ("", ["--format", "json"], "--format is there twice"),
        ("", ["--help"], "unknown argument '--help'"),
        ("", ["--"], "unknown argument '--'"),
        ("", [""], "unknown argument ''"),
    ],
)
def test_tally_command_refuses_wrong_arguments(
    tmp_path: Path, files: Files, capsysbinary: pytest.CaptureFixture[bytes], drop: str, add: list[str], first: str
) -> None:
    argv = arguments(tmp_path, files)
    if drop:
        at = argv.index(drop)
        del argv[at : at + 2]
    assert refused([*argv, *add], capsysbinary)[0] == first


def test_tally_command_refuses_no_arguments(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert len(refused([], capsysbinary)) == 6


def test_tally_command_names_every_file_it_cannot_read(
    tmp_path: Path, files: Files, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    argv = arguments(tmp_path, files)
    argv[1], argv[3], argv[5] = str(tmp_path / "nowhere"), str(tmp_path), "null\0byte"
    errors = refused(argv, capsysbinary)
    assert errors == [
        f"cannot read --rules '{tmp_path / 'nowhere'}': No such file or directory",
        f"cannot read --judges '{tmp_path}': Is a directory",
        "cannot read --entries 'null\\x00byte': embedded null byte",
    ]


def test_tally_command_says_every_error_in_the_files(
    tmp_path: Path, files: Files, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    broken = files | {"rules": b'format = "tally/2"', "judges": b'judge\n"', "entries": b"\xff"}
    assert refused(arguments(tmp_path, broken), capsysbinary) == [
        "rules.toml: format is not tally/1: 'tally/2'",
        "rules.toml: contests is missing",
        "rules.toml: prizes is missing",
        "judges.csv: not CSV: line 2: a quote is never closed",
        "entries.csv: not UTF-8, at byte 1",
    ]


@pytest.mark.parametrize("name", ["rules", "judges", "entries", "ballots", "decisions"])
@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"\x00", b"\x80" * 9, b'"', b"\xed\xa0\x80"])
def test_tally_command_refuses_any_damaged_file(
    tmp_path: Path, files: Files, capsysbinary: pytest.CaptureFixture[bytes], name: str, data: bytes
) -> None:
    assert refused(arguments(tmp_path, files | {name: data}), capsysbinary) != []


def test_tally_command_keeps_each_error_on_its_line(
    tmp_path: Path, files: Files, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    odd = files | {"entries": b'entry,category\n"S\n1\xe2\x80\xa8\x1b",k\n'}
    errors = refused(arguments(tmp_path, odd), capsysbinary)
    assert errors[0] == "entries.csv line 2: entry is not an id: 'S\\n1\\u2028\\x1b'"
    keys = files | {"rules": files["rules"] + b'"a\\u2028\\nb" = 1'}
    assert refused(arguments(tmp_path, keys), capsysbinary) == ["rules.toml: prize p: unknown key 'a\\u2028\\nb'"]


def run_command(argv: list[str], **options: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "eventapp.tally_command", *argv], cwd=ROOT, **options)  # type: ignore[call-overload]


def test_tally_command_runs_as_a_module(tmp_path: Path, files: Files) -> None:
    done = run_command(arguments(tmp_path, files), capture_output=True)
    assert (done.returncode, done.stderr, json.loads(done.stdout)) == (0, b"", tally_files(files))


def test_tally_command_refuses_as_a_module() -> None:
    done = run_command(["--oops"], capture_output=True)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"error: unknown argument '--oops'\nerror: usage: ")


def test_tally_command_says_so_when_it_cannot_write(tmp_path: Path, files: Files) -> None:
    with Path("/dev/full").open("wb") as full:
        done = run_command(arguments(tmp_path, files), stdout=full, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (2, b"error: cannot write the result: No space left on device\n")


def test_tally_command_imports_nothing_but_the_rules() -> None:
    code = (
        "before = set(sys.modules); import eventapp.tally_command; "  # Debian's Python starts with a sitecustomize
        "print(sorted(m for m in set(sys.modules) - before if m.split('.')[0] not in sys.stdlib_module_names "
        "and not m.startswith('eventapp') and not m.startswith('_')))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {code}"],
        capture_output=True,
        check=True,
    )
    assert done.stdout == b"[]\n"
