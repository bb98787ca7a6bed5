import asyncio
import threading
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from vision.events import CameraState, Coverage, Passage, Snapshot
from vision.service.live import QUEUE_LENGTH, Hub, Lost, Message


def snapshot(utc: float, camera: str = "dorian") -> Snapshot:
    return Snapshot(camera=camera, utc=utc, objects=(("car", 0.5, 0.5),), zones=())


def passage(utc: float, camera: str = "dorian") -> Passage:
    return Passage(camera=camera, line="avenue", direction="forward", object_class="car", utc=utc)


async def drain(subscription) -> list[Message | Lost]:
    subscription.close()
    return [message async for message in subscription]


def test_what_is_published_arrives_in_order_once_and_only_what_is_for_pages():
    async def scenario():
        hub = Hub()
        with hub.subscribe() as subscription:
            for event in (passage(1), Coverage(camera="dorian", start=0, end=1), snapshot(2), passage(3)):
                hub.publish(event)
            return await drain(subscription)

    messages = asyncio.run(scenario())
    assert [message.kind for message in messages] == ["passage", "snapshot", "passage"]
    assert [message.number for message in messages] == [1, 2, 3]
    assert Passage.model_validate_json(messages[2].data) == passage(3)


def test_a_subscription_begins_with_the_last_state_and_snapshot_of_each_camera():
    async def scenario(camera):
        hub = Hub()
        for event in (
            snapshot(1),
            snapshot(2),
            CameraState(camera="sud", state="failed", utc=3, detail="rtsp://x"),
            passage(4),
        ):
            hub.publish(event)
        with hub.subscribe(camera) as subscription:
            return await drain(subscription)

    everything = asyncio.run(scenario(None))
    assert [(message.camera, message.kind) for message in everything] == [("dorian", "snapshot"), ("sud", "state")]
    assert Snapshot.model_validate_json(everything[0].data) == snapshot(2)
    assert everything[1].data == '{"camera":"sud","kind":"state","state":"failed","utc":3.0}'
    assert [message.camera for message in asyncio.run(scenario("sud"))] == ["sud"]


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(st.booleans(), st.integers(1, QUEUE_LENGTH // 2)), max_size=12))
def test_a_slow_reader_loses_the_oldest_snapshots_first_and_is_told_how_many(runs):
    are_snapshots = [is_snapshot for is_snapshot, length in runs for _ in range(length)]

    async def scenario():
        hub = Hub()
        with hub.subscribe() as subscription:
            for utc, is_snapshot in enumerate(are_snapshots):
                hub.publish(snapshot(utc) if is_snapshot else passage(utc))
            return await drain(subscription)

    messages = asyncio.run(scenario())
    lost = messages.pop(0) if messages and isinstance(messages[0], Lost) else Lost(0, 0)
    assert len(messages) == min(len(are_snapshots), QUEUE_LENGTH)
    assert lost.snapshots + lost.others == len(are_snapshots) - len(messages)
    passages = [number for number, is_snapshot in enumerate(are_snapshots, 1) if not is_snapshot]
    kept = [message.number for message in messages if message.kind == "passage"]
    assert kept == passages[-QUEUE_LENGTH:]
    numbers = [message.number for message in messages]
    snapshots = [number for number in numbers if number not in set(kept)]
    assert numbers == sorted(numbers)
    assert len(snapshots) == are_snapshots.count(True) - lost.snapshots


def test_publishing_never_waits_for_a_reader():
    async def scenario():
        hub = Hub()
        with hub.subscribe() as slow:
            began = time.perf_counter()
            publisher = threading.Thread(target=lambda: [hub.publish(snapshot(utc)) for utc in range(20_000)])
            publisher.start()
            publisher.join(30)  # this loop is blocked all the while, so that nobody reads
            assert not publisher.is_alive()
            assert time.perf_counter() - began < 30  # it would wait for ever
            first = await anext(slow)
            assert first == Lost(20_000 - QUEUE_LENGTH, 0)

    asyncio.run(scenario())


def test_many_threads_and_many_readers():
    async def scenario():
        hub = Hub()
        subscriptions = [hub.subscribe() for _ in range(5)]
        threads = [
            threading.Thread(target=lambda: [hub.publish(passage(utc)) or time.sleep(0.0005) for utc in range(50)])
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        readers = [asyncio.create_task(_take(subscription, 200)) for subscription in subscriptions]
        received = await asyncio.wait_for(asyncio.gather(*readers), 10)
        for subscription in subscriptions:
            hub.leave(subscription)
        return hub, received

    hub, received = asyncio.run(scenario())
    assert received == [list(range(1, 201))] * 5
    assert hub.subscribers == 0


async def _take(subscription, wanted: int) -> list[int]:
    return [(await anext(subscription)).number for _ in range(wanted)]


def test_a_reader_whose_loop_has_ended_disturbs_nobody():
    hub = Hub()

    async def subscribe():
        return hub.subscribe()

    asyncio.run(subscribe())
    hub.publish(passage(1))
    assert hub.subscribers == 1


def test_closing_ends_readers_that_wait_and_those_that_come_later():
    async def scenario():
        hub = Hub()
        with hub.subscribe() as waiting:
            task = asyncio.create_task(_read_all(waiting))
            await asyncio.sleep(0.01)
            hub.close()
            assert await asyncio.wait_for(task, 2) == []
        with hub.subscribe() as late:
            assert await asyncio.wait_for(_read_all(late), 2) == []

    asyncio.run(scenario())


async def _read_all(subscription) -> list[Message | Lost]:
    return [message async for message in subscription]
