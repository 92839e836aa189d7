"""Lines for the commands to value, and the words most tests ask with."""

HEADER = "measure,quantity,start,end,place,agreement,deadweight,attribution,displacement,reason,ward\n"
NET = "employment.local-people-fte,12,2026-04-01,2027-03-31,E05000026,A-1,0.2,0.25,0.1,survey of 2025,Abbey\n"
GROSS = "employment.local-people-fte,2,2026-04-01,2027-03-31,E05000027,A-1,,,,,Alibon\n"
COUNTED = "employment.graduate-starts,3,2026-04-01,2027-03-31,E05000026,A-1,,,,,=cmd()\n"
AS_OF = ("--as-of", "2026-06-01")


def lines(tmp_path, *rows, name="lines.csv"):
    (tmp_path / name).write_text(HEADER + "".join(rows), encoding="utf-8")
    return name
