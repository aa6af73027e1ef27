//! The real national lists of 2022, where the shared data lies next to the checkout.
