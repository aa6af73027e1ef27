//! The exports of the WebAssembly module.
//!
//! A caller asks [`hc_input`] for room, writes its bytes there, and calls. Every call answers with
//! the length of a JSON text that lies at [`hc_answer`] until the next call. The two buffers belong
//! to Rust all the time: no pointer comes in, none is followed here. Times are Unix seconds,
//! regions GB/T 2260 numbers, gates and memories the numbers that opening them gave.

#![expect(
    unsafe_code,
    reason = "an export needs its name; nothing else here is unsafe"
)]

use core::cell::RefCell;
use core::ptr;

use crate::room::Room;

/// More than any list or text: a shard of the largest kind has 256 KiB before compression.
const LONGEST_INPUT: usize = 1 << 26;

#[derive(Default)]
struct Desk {
    room: Room,
    input: Vec<u8>,
    answer: Vec<u8>,
}

thread_local! {
    static DESK: RefCell<Desk> = RefCell::new(Desk::default());
}

fn call(work: impl FnOnce(&mut Room, &[u8]) -> String) -> usize {
    DESK.with_borrow_mut(|desk| {
        desk.answer = work(&mut desk.room, &desk.input).into_bytes();
        // A text may name a person's binder: nothing of it stays.
        desk.input = Vec::new();
        desk.answer.len()
    })
}

/// Makes room for so many bytes of input, and says where; 0 where they are too many.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn hc_input(len: usize) -> *mut u8 {
    DESK.with_borrow_mut(|desk| {
        let mut input = Vec::new();
        if len > LONGEST_INPUT || input.try_reserve_exact(len).is_err() {
            return ptr::null_mut();
        }
        input.resize(len, 0);
        desk.input = input;
        desk.input.as_mut_ptr()
    })
}

/// Where the last call's answer lies.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn hc_answer() -> *const u8 {
    DESK.with_borrow(|desk| desk.answer.as_ptr())
}

/// [`Room::open_gate`]; the input is the settings.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn hc_open_gate() -> usize {
    call(Room::open_gate)
}

/// [`Room::open_memory`].
#[unsafe(no_mangle)]
pub(crate) extern "C" fn hc_open_memory(capacity: u32) -> usize {
    call(|room, _| room.open_memory(capacity))
}

/// [`Room::close`]: 1 where there was something to close, 0 where not.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn hc_close(number: u32) -> u32 {
    DESK.with_borrow_mut(|desk| u32::from(desk.room.close(number)))
}

/// [`Room::trust_list`]; the input is the signed list.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn hc_trust_list(gate: u32, now: i64) -> usize {
    call(|room, bytes| room.trust_list(gate, now, bytes))
}

/// [`Room::removals`]; the input is the signed list.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn hc_removals(gate: u32, now: i64) -> usize {
    call(|room, bytes| room.removals(gate, now, bytes))
}

/// [`Room::key_list`]; the input is the signed list.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn hc_key_list(gate: u32, region: u32, now: i64) -> usize {
    call(|room, bytes| room.key_list(gate, region, now, bytes))
}

/// [`Room::status_shard`]; the input is the signed shard.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn hc_status_shard(gate: u32, region: u32, now: i64) -> usize {
    call(|room, bytes| room.status_shard(gate, region, now, bytes))
}

/// [`Room::status_delta`]; the input is the signed delta.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn hc_status_delta(gate: u32, region: u32, now: i64) -> usize {
    call(|room, bytes| room.status_delta(gate, region, now, bytes))
}

/// [`Room::paper_list`]; the input is the signed list.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn hc_paper_list(gate: u32, region: u32, now: i64) -> usize {
    call(|room, bytes| room.paper_list(gate, region, now, bytes))
}

/// [`Room::notices`]; the input is the signed list.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn hc_notices(gate: u32, region: u32, now: i64) -> usize {
    call(|room, bytes| room.notices(gate, region, now, bytes))
}

/// [`Room::recognition`]; the input is the signed policy.
#[cfg(feature = "recognition")]
#[unsafe(no_mangle)]
pub(crate) extern "C" fn hc_recognition(gate: u32, region: u32, now: i64) -> usize {
    call(|room, bytes| room.recognition(gate, region, now, bytes))
}

/// [`Room::authorities`]; the input is their JSON.
#[cfg(feature = "recognition")]
#[unsafe(no_mangle)]
pub(crate) extern "C" fn hc_authorities(gate: u32) -> usize {
    call(|room, asked| room.authorities(gate, asked))
}

/// [`Room::without_code`].
#[unsafe(no_mangle)]
pub(crate) extern "C" fn hc_without_code(gate: u32, region: u32, now: i64) -> usize {
    call(|room, _| room.without_code(gate, region, now))
}

/// [`Room::policy`]; the input is the policy's JSON.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn hc_policy(gate: u32) -> usize {
    call(|room, policy| room.policy(gate, policy))
}

/// [`Room::verify`]; the input is the text.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn hc_verify(gate: u32, memory: u32, now: i64) -> usize {
    call(|room, text| room.verify(gate, memory, now, text))
}

/// [`Room::status`].
#[unsafe(no_mangle)]
pub(crate) extern "C" fn hc_status(gate: u32, region: u32, day: u32, index: u32) -> usize {
    call(|room, _| room.status(gate, region, day, index))
}

/// [`Room::paper`]; the input is the pointer.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn hc_paper(gate: u32, region: u32) -> usize {
    call(|room, pointer| room.paper(gate, region, pointer))
}

/// [`Room::issuer`].
#[unsafe(no_mangle)]
pub(crate) extern "C" fn hc_issuer(gate: u32, region: u32, now: i64) -> usize {
    call(|room, _| room.issuer(gate, region, now))
}

/// [`Room::marks`].
#[unsafe(no_mangle)]
pub(crate) extern "C" fn hc_marks(gate: u32) -> usize {
    call(|room, _| room.marks(gate))
}

/// [`Room::forget_past`].
#[unsafe(no_mangle)]
pub(crate) extern "C" fn hc_forget_past(gate: u32, now: i64) -> usize {
    call(|room, _| room.forget_past(gate, now))
}

/// [`Room::signature`]; the input is the question.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn hc_signature() -> usize {
    call(|_, question| Room::signature(question))
}
