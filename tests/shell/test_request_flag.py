"""A request is seen once, also if it was made before somebody waited for it."""

from __future__ import annotations

import anyio
import pytest

from kiosk.shell.request_flag import RequestFlag

pytestmark = pytest.mark.anyio


async def waits(flag: RequestFlag) -> bool:
    """Return whether a wait would not end now."""
    with anyio.move_on_after(0):
        await flag.wait()
        return False
    return True


async def test_a_request_made_before_is_seen_once() -> None:
    flag = RequestFlag()
    flag.set()
    flag.set()
    with anyio.fail_after(5):
        await flag.wait()
    assert await waits(flag)


async def test_a_request_ends_the_wait() -> None:
    flag = RequestFlag()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(flag.wait)
        await anyio.wait_all_tasks_blocked()
        flag.set()
    assert await waits(flag)
