//! How words are declared: each with all the languages it needs, so that one that lacks a language does not compile.

use std::fmt::Debug;

use schemas::Language;

/// A list of texts: labels, or sentences.
pub trait Words: Copy + Debug + Eq + 'static {
    /// Every text of the list.
    const ALL: &'static [Self];

    /// The words in a language, braces and all.
    fn template(self, language: Language) -> &'static str;
}

/// Declares labels: a line is one label in English, French, German, Spanish and Italian.
macro_rules! labels {
    (
        $( #[$about:meta] )* $list:ident {
            $( $name:ident = $en:literal, $fr:literal, $de:literal, $es:literal, $it:literal; )+
        }
    ) => {
        $( #[$about] )*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $list { $( #[doc = concat!("`", $en, "`")] $name, )+ }

        impl $crate::texts::Words for $list {
            const ALL: &'static [$list] = &[$( $list::$name ),+];

            fn template(self, language: ::schemas::Language) -> &'static str {
                let (en, fr, de, es, it) = match self { $( $list::$name => ($en, $fr, $de, $es, $it), )+ };
                match language {
                    ::schemas::Language::English => en,
                    ::schemas::Language::French => fr,
                    ::schemas::Language::German => de,
                    ::schemas::Language::Spanish => es,
                    ::schemas::Language::Italian => it,
                }
            }
        }
    };
}

/// Declares sentences: each in English and in French; other languages have them in English.
macro_rules! sentences {
    ($( #[$about:meta] )* $list:ident { $( $name:ident = $en:literal, $fr:literal; )+ }) => {
        $( #[$about] )*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $list { $( #[doc = concat!("`", $en, "`")] $name, )+ }

        impl $crate::texts::Words for $list {
            const ALL: &'static [$list] = &[$( $list::$name ),+];

            fn template(self, language: ::schemas::Language) -> &'static str {
                let (en, fr) = match self { $( $list::$name => ($en, $fr), )+ };
                match language {
                    ::schemas::Language::French => fr,
                    _ => en,
                }
            }
        }
    };
}

pub(super) use {labels, sentences};
