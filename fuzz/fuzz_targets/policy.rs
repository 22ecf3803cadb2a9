#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| keytrail_fuzz::targets::policy::run(data));
