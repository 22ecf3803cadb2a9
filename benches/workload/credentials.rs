//! An AWS credential report.

use std::io::{self, Write};

use crate::dice::Dice;

const COLUMNS: &str = "user,arn,user_creation_time,password_enabled,password_last_used,\
    password_last_changed,password_next_rotation,mfa_active,access_key_1_active,\
    access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,\
    access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,\
    access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,\
    cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated";

/// Writes users until the report has this size.
pub(crate) fn write(size: u64, out: &mut dyn Write) -> io::Result<()> {
    let mut dice = Dice::new(20_260_302);
    writeln!(out, "{COLUMNS}")?;
    let (mut written, mut user) = (COLUMNS.len() as u64, 0);
    while written < size {
        let mut date = || {
            let (year, month, day) = (2021 + dice.roll(5), 1 + dice.roll(12), 1 + dice.roll(28));
            format!("{year}-{month:02}-{day:02}T08:{:02}:00+00:00", dice.roll(60))
        };
        let (created, changed, rotated, used) = (date(), date(), date(), date());
        let console = dice.roll(3) == 0;
        let password = if console {
            format!("true,{used},{changed},N/A,{}", dice.roll(5) > 0)
        } else {
            "false,N/A,N/A,N/A,false".to_owned()
        };
        let key = match dice.roll(4) {
            0 => "false,N/A,N/A,N/A,N/A".to_owned(),
            1 => format!("true,{rotated},N/A,N/A,N/A"),
            _ => format!("true,{rotated},{used},eu-central-1,s3"),
        };
        let row = format!(
            "user-{user},arn:aws:iam::111122223333:user/user-{user},{created},{password},{key},\
             false,N/A,N/A,N/A,N/A,false,N/A,false,N/A"
        );
        writeln!(out, "{row}")?;
        written += row.len() as u64 + 1;
        user += 1;
    }
    out.flush()
}
