"""The table of memory limits in docs/compose.md: each service's and, by profile, their sum.

`make readme` writes it, a test checks it.
"""

from deploy.compose.merged import in_profiles, mebibytes, merged_services

PROFILES = {
    "`lite`": ("lite",),
    "`full`": ("full",),
    "`full,profiles,load`": ("full", "profiles", "load"),
}


def table() -> str:
    """Render the table, in MiB; the row at the end is what all may take together."""
    services = merged_services()
    columns = [in_profiles(services, *profiles) for profiles in PROFILES.values()]
    rows = [["", *PROFILES], ["---", *("---:" for _ in PROFILES)]]
    rows += [[name, *(_cell(name, column) for column in columns)] for name in sorted(services)]
    rows.append(["**together**", *(f"**{sum(map(mebibytes, column.values()))}**" for column in columns)])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _cell(name: str, column: dict[str, dict[str, object]]) -> str:
    return str(mebibytes(column[name])) if name in column else ""
