//! A macro that numbers the paths of a format.

/// Numbers the paths and collects them in `PATHS`, after those that determine the cloud of a
/// record.
macro_rules! paths {
    ($($name:ident = $path:literal;)*) => {
        $crate::input::trail::paths! { numbered
            EVENT_NAME = "eventName";
            EVENT_TYPE = "eventType";
            EVENT_SOURCE = "eventSource";
            TYPE = "userIdentity.type";
            AWS_REGION = "awsRegion";
            ACS_REGION = "acsRegion";
            SECRET_ID = "userIdentity.secretId";
            ACTION_TYPE = "actionType";
            API_ERROR_CODE = "apiErrorCode";
            // An export changed the case of keys below the first level.
            LOST_CASE = "userIdentity.principalid";
            $($name = $path;)*
        }
    };
    (numbered $($name:ident = $path:literal;)*) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms, dead_code)]
        enum Index { $($name),* }
        $(
            #[allow(dead_code, reason = "a format reads few of the other clouds' paths")]
            pub(in crate::input) const $name: usize = Index::$name as usize;
        )*
        /// Every path, by its index.
        #[allow(dead_code)]
        pub(in crate::input) const PATHS: &[&str] = &[$($path),*];
    };
}

pub(in crate::input) use paths;
