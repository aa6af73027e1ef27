//! What the types of the groups have in common, written once.

/// Declares the type of a group: a field per element, its reading, its writing, its getter.
/// `required` fields are there in every value of the type; `optional` ones may be absent.
macro_rules! group {
    (
        $(#[$doc:meta])*
        $name:ident in $group:ident {
            required { $($(#[$req_doc:meta])* $req:ident: $req_type:ty = $req_name:literal,)* }
            optional { $($(#[$opt_doc:meta])* $opt:ident: $opt_type:ty = $opt_name:literal,)* }
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name {
            $($req: crate::record::Item<$req_type>,)*
            $($opt: Option<crate::record::Item<$opt_type>>,)*
        }

        impl $name {
            $(
                $(#[$req_doc])*
                pub fn $req(&self) -> &crate::record::Item<$req_type> {
                    &self.$req
                }
            )*

            $(
                $(#[$opt_doc])*
                pub fn $opt(&self) -> Option<&crate::record::Item<$opt_type>> {
                    self.$opt.as_ref()
                }
            )*

            /// Every element is read before one is missed, so that all faults are reported.
            fn read(checked: &mut crate::record::Checked<'_>) -> Option<Self> {
                $(let $req = checked.required($req_name);)*
                $(let $opt = checked.optional($opt_name);)*
                Some(Self {
                    $($req: $req?,)*
                    $($opt,)*
                })
            }

            /// The object in the form that parsing reads to the same record, personal data in clear.
            pub fn expose_object(&self) -> crate::record::Object {
                let mut object = crate::record::Object::new();
                $(crate::record::element_value::put(&mut object, $req_name, &self.$req);)*
                $(
                    if let Some(item) = &self.$opt {
                        crate::record::element_value::put(&mut object, $opt_name, item);
                    }
                )*
                object
            }
        }
    };
}

pub(super) use group;
