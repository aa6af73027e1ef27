//! Closed vocabularies: enums whose values are written as words in files and shown in two languages.

use core::fmt;
use core::marker::PhantomData;

/// A value of a closed vocabulary.
pub trait Word: Copy + Eq + fmt::Debug + 'static {
    /// What the vocabulary names, for error messages.
    const WHAT: &'static str;
    /// All values, in order; at most 32.
    const ALL: &'static [Self];

    /// The word in files and interfaces.
    fn word(self) -> &'static str;
    /// The word shown in Chinese.
    fn word_zh(self) -> &'static str;
    /// The place in [`Self::ALL`].
    fn index(self) -> u32;

    /// The value that a word names.
    ///
    /// # Errors
    /// [`UnknownWord`], which lists the words that exist.
    fn from_word(word: &str) -> Result<Self, UnknownWord> {
        Self::ALL
            .iter()
            .copied()
            .find(|value| value.word() == word)
            .ok_or_else(|| UnknownWord {
                what: Self::WHAT,
                given: word.chars().take(40).collect(),
                known: Self::ALL.iter().map(|value| value.word()).collect(),
            })
    }
}

/// A word that its vocabulary does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is not a {what}: it is one of {}", .known.join(", "))]
pub struct UnknownWord {
    what: &'static str,
    given: String,
    known: Vec<&'static str>,
}

/// Defines the enum of a vocabulary with its words in English and Chinese.
macro_rules! vocabulary {
    (
        $(#[$meta:meta])*
        pub enum $name:ident : $what:literal {
            $($(#[$variant_meta:meta])* $variant:ident = $word:literal / $zh:literal,)+
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)+
        }

        impl $crate::word::Word for $name {
            const WHAT: &'static str = $what;
            const ALL: &'static [Self] = &[$(Self::$variant,)+];

            fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            fn word_zh(self) -> &'static str {
                match self { $(Self::$variant => $zh,)+ }
            }

            fn index(self) -> u32 {
                self as u32
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.pad($crate::word::Word::word(*self))
            }
        }

        impl core::str::FromStr for $name {
            type Err = $crate::word::UnknownWord;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                <Self as $crate::word::Word>::from_word(word)
            }
        }
    };
}
pub(crate) use vocabulary;

/// A set of values of one vocabulary.
pub struct WordSet<T> {
    bits: u32,
    of: PhantomData<T>,
}

impl<T: Word> WordSet<T> {
    /// The set of nothing.
    pub const EMPTY: Self = Self {
        bits: 0,
        of: PhantomData,
    };

    /// The set with this value as well.
    #[must_use]
    pub fn with(self, value: T) -> Self {
        Self {
            bits: self.bits | 1 << value.index(),
            of: PhantomData,
        }
    }

    /// Whether the value is in the set.
    pub fn contains(self, value: T) -> bool {
        self.bits & 1 << value.index() != 0
    }

    /// Whether nothing is in the set.
    pub fn is_empty(self) -> bool {
        self.bits == 0
    }

    /// Whether the sets share a value.
    pub fn meets(self, other: Self) -> bool {
        self.bits & other.bits != 0
    }

    /// The values, in the vocabulary's order.
    pub fn iter(self) -> impl Iterator<Item = T> {
        T::ALL
            .iter()
            .copied()
            .filter(move |value| self.contains(*value))
    }

    /// The words of the values, separated by commas.
    pub fn words(self) -> String {
        self.iter().map(Word::word).collect::<Vec<_>>().join(", ")
    }

    /// The words of the values in Chinese.
    pub fn words_zh(self) -> String {
        self.iter()
            .map(Word::word_zh)
            .collect::<Vec<_>>()
            .join("、")
    }
}

impl<T> Clone for WordSet<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for WordSet<T> {}

impl<T> PartialEq for WordSet<T> {
    fn eq(&self, other: &Self) -> bool {
        self.bits == other.bits
    }
}

impl<T> Eq for WordSet<T> {}

impl<T> PartialOrd for WordSet<T> {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for WordSet<T> {
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        self.bits.cmp(&other.bits)
    }
}

impl<T: Word> fmt::Debug for WordSet<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl<T: Word> FromIterator<T> for WordSet<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        values.into_iter().fold(Self::EMPTY, Self::with)
    }
}
