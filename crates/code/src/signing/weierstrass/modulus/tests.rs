use p256::elliptic_curve::PrimeField as _;
use proptest::prelude::*;

use super::super::curve::{P256, SM2};
use super::*;

const ONE: Limbs = [1, 0, 0, 0, 0, 0, 0, 0];

fn moduli() -> [&'static Modulus; 4] {
    [P256.field(), &P256.order, SM2.field(), &SM2.order]
}

/// Any number, and often one of those at which a carry or a borrow turns.
fn numbers() -> impl Strategy<Value = Limbs> {
    let edge = |limb: u32| prop_oneof![Just(0), Just(limb), Just(u32::MAX), Just(1)];
    prop_oneof![
        any::<Limbs>(),
        any::<u32>().prop_flat_map(move |limb| proptest::array::uniform8(edge(limb))),
        (0..4_usize, 0..3_u32).prop_map(|(which, less)| {
            let mut number = moduli()[which].limbs;
            subtract(&mut number, &[less, 0, 0, 0, 0, 0, 0, 0]);
            number
        }),
    ]
}

/// The number modulo m, by taking m away where it fits: all are above 2^255.
fn reduced(modulus: &Modulus, number: Limbs) -> Limbs {
    let mut less = number;
    if subtract(&mut less, &modulus.limbs) {
        number
    } else {
        less
    }
}

fn scalar(bytes: [u8; 32]) -> p256::Scalar {
    p256::Scalar::from_repr(bytes.into()).unwrap()
}

proptest! {
    #[test]
    fn a_number_comes_out_as_it_went_in(number in numbers()) {
        for modulus in moduli() {
            let inside = modulus.enter_limbs(&number);
            prop_assert_eq!(modulus.leave(&inside), reduced(modulus, number));
            prop_assert!(modulus.is_above(&inside));
            let bytes = modulus.bytes(&inside);
            prop_assert_eq!(modulus.enter(&bytes), inside);
            prop_assert_eq!(modulus.is_above(&number), number == reduced(modulus, number));
        }
    }

    #[test]
    fn sums_and_products_obey_the_laws(a in numbers(), b in numbers(), c in numbers()) {
        for modulus in moduli() {
            let [a, b, c] = [a, b, c].map(|number| modulus.enter_limbs(&number));
            let (sum, product) = (modulus.sum(&a, &b), modulus.product(&a, &b));
            prop_assert!(modulus.is_above(&sum) && modulus.is_above(&product));
            prop_assert_eq!(modulus.difference(&sum, &b), a);
            prop_assert_eq!(modulus.sum(&modulus.difference(&a, &b), &b), a);
            prop_assert_eq!(modulus.product(&b, &a), product);
            let apart = modulus.sum(&modulus.product(&a, &c), &modulus.product(&b, &c));
            prop_assert_eq!(modulus.product(&sum, &c), apart);
            prop_assert_eq!(modulus.product(&product, &c), modulus.product(&a, &modulus.product(&b, &c)));
        }
    }

    #[test]
    fn scalars_are_those_of_the_library(a in numbers(), b in numbers()) {
        let order = &P256.order;
        let (a, b) = (order.enter_limbs(&a), order.enter_limbs(&b));
        let (x, y) = (scalar(order.bytes(&a)), scalar(order.bytes(&b)));
        prop_assert_eq!(scalar(order.bytes(&order.product(&a, &b))), x * y);
        prop_assert_eq!(scalar(order.bytes(&order.sum(&a, &b))), x + y);
        prop_assert_eq!(scalar(order.bytes(&order.difference(&a, &b))), x - y);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn a_number_times_its_inverse_is_one(number in numbers()) {
        for modulus in moduli() {
            let number = modulus.enter_limbs(&number);
            let one = modulus.product(&number, &modulus.inverse(&number));
            let due = if number == [0; 8] { number } else { modulus.enter_limbs(&ONE) };
            prop_assert_eq!(one, due);
        }
    }

    #[test]
    fn of_a_number_and_its_opposite_one_has_a_root(number in numbers()) {
        for modulus in [P256.field(), SM2.field()] {
            let number = modulus.enter_limbs(&number);
            let opposite = modulus.difference(&[0; 8], &number);
            let roots = [number, opposite].map(|square| modulus.root(&square).map(|root| (square, root)));
            prop_assert_eq!(roots.iter().flatten().count(), if number == [0; 8] { 2 } else { 1 });
            for (square, root) in roots.into_iter().flatten() {
                prop_assert_eq!(modulus.product(&root, &root), square);
            }
        }
    }
}
