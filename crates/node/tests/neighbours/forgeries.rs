//! A thousand forgeries of every kind of signed message between regions, none of which is believed.
//!
//! Each kind is attacked in four ways ([`tally::Way`]) by somebody who sees everything that was ever signed, has a
//! region of their own, and has keys that were good once or are good for something else. Everything comes
//! from fixed seeds: a forgery is found again by its number and name.

#[path = "forgeries/actors.rs"]
mod actors;
#[path = "forgeries/craft.rs"]
mod craft;
#[path = "forgeries/evidence.rs"]
mod evidence;
#[path = "forgeries/house.rs"]
mod house;
#[path = "forgeries/policies.rs"]
mod policies;
#[path = "forgeries/post.rs"]
mod post;
#[path = "forgeries/status_lists.rs"]
mod status_lists;
#[path = "forgeries/tally.rs"]
mod tally;
#[path = "forgeries/transfers.rs"]
mod transfers;
#[path = "forgeries/trust_lists.rs"]
mod trust_lists;
