import pytest

from rules.mailboxes.attempts import BOX_SECONDS, PER_BOX, PER_PLACE, Attempts
from rules.mailboxes.issuing import Standing, Wish, plan, read_lines
from rules.mailboxes.usage import Use, shares

HERE, AN = "192.0.2.1", "annv@x.example"
STANDING = Standing(
    {"so": "so", "so noi vu": "so"},
    {AN: "Nguyễn Văn An"},
    {AN, "binhnv@x.example"},
    "x.example",
    ("x.example",),
)


def test_ten_guesses_a_minute_from_one_place() -> None:
    attempts = Attempts()
    tried = sum(_guess(attempts, HERE, f"m{n}@x.example", float(n) / 10) for n in range(200))
    assert tried == PER_PLACE
    assert not attempts.refuses(HERE, AN, 100.0)


def test_a_hundred_guesses_a_day_at_one_mailbox_from_everywhere_and_the_owner_still_gets_in() -> None:
    attempts = Attempts()
    attempts.succeeded("10.0.0.9", AN, 0.0)
    tried = sum(_guess(attempts, f"198.51.100.{n % 250}", AN, n * 60.0) for n in range(1000))
    assert tried == PER_BOX
    assert attempts.refuses("203.0.113.1", AN, 60_000.0)
    assert not attempts.refuses("10.0.0.9", AN, 60_000.0)
    assert not attempts.refuses("203.0.113.1", AN, 60_000.0 + BOX_SECONDS)


def _guess(attempts: Attempts, place: str, box: str, now: float) -> int:
    if attempts.refuses(place, box, now):
        return 0
    attempts.failed(place, box, now)
    return 1


def test_names_become_addresses_that_nobody_ever_had() -> None:
    wishes = [
        Wish(2, "Nguyễn Văn An", "Sở Nội vụ"),
        Wish(3, "Ngô Văn An", "so"),
        Wish(4, "Nông Văn Bình", "so"),
    ]
    grants, faults = plan(wishes, STANDING)
    assert [grant.address for grant in grants] == ["annv2@x.example", "annv3@x.example", "binhnv2@x.example"]
    assert (faults, {grant.wish.unit for grant in grants}) == ([], {"so"})


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        (Wish(2, "An", "nowhere"), "unknown-unit"),
        (Wish(2, "An", "so", address="an@elsewhere.example"), "foreign-address"),
        (Wish(2, "An", "so", address="postmaster@x.example"), "reserved"),
        (Wish(2, "An", "so", address="binhnv@x.example"), "given-before"),
        (Wish(2, "???", "so"), "no-letters"),
    ],
)
def test_what_is_wrong_in_a_line_is_named(wish: Wish, code: str) -> None:
    grants, faults = plan([wish], STANDING)
    assert (grants, [fault.code for fault in faults]) == ([], [code])


def test_a_sheet_names_its_columns_in_vietnamese() -> None:
    rows = [
        ["STT", "Họ và tên", "Đơn vị", "Vai trò"],
        ["1", "Lê An", "so", "Văn thư"],
        ["", "", "", ""],
        ["3", "", "so", ""],
    ]
    wishes, faults = read_lines(rows)
    assert ([(w.line, w.name, w.role.value) for w in wishes], [f.code for f in faults]) == (
        [(2, "Lê An", "clerk")],
        ["no-name"],
    )
    assert [fault.about for fault in read_lines([["tên"]])[1]] == ["unit"]


def test_to_receive_is_no_use_and_two_posts_are_one_person() -> None:
    uses = [Use("a", logins=1), Use("b", received=9), Use("c", sent=1)]
    lines = shares({"x": ["a", "b"], "y": ["a", "c", "d"]}, ["a", "b", "c"], uses)
    assert [(s.unit, s.staff, s.with_mailbox, s.active, s.silent) for s in lines] == [
        ("x", 2, 2, 1, ("b",)),
        ("y", 3, 2, 2, ()),
        ("", 4, 3, 2, ("b",)),
    ]
    assert lines[-1].share == 0.5
