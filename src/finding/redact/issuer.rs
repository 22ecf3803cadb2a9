//! Tokens with a prefix or marker of their issuer.

use super::kinds::{START, SecretKind};

pub(super) const ISSUER: SecretKind = SecretKind {
    #[cfg(test)]
    name: "tokens with the mark of their issuer",
    patterns,
    #[cfg(test)]
    examples: &[
        "«ghp_abcdefghijklmnopqrstuvwxyz0123456789»",
        "«gho_abcdefghijklmnopqrstuvwxyz0123456789»",
        "«ghu_abcdefghijklmnopqrstuvwxyz0123456789»",
        "«ghs_abcdefghijklmnopqrstuvwxyz0123456789»",
        "«ghr_abcdefghijklmnopqrstuvwxyz0123456789»",
        "«github_pat_11ABCDEFG0abcdefghijkl_mnopqrstuvwxyz0123456789»",
        "«glpat-abcdefghij0123456789»",
        "«glrt-abcdefghij0123456789»",
        "«gldt-abcdefghij0123456789»",
        "«xoxb-123456789012-123456789012-abcdefABCDEF»",
        "«xoxe.xoxp-1-abcdefABCDEF0123»",
        "«xapp-1-A0123456789-0123456789-abcdef»",
        "«sk_live_abcdefghijklmnop»",
        "«rk_test_abcdefghijklmnop»",
        "«whsec_abcdefghijklmnopqrstuvwxyz012345»",
        "«npm_abcdefghijklmnopqrstuvwxyz0123456789»",
        "«pypi-AgEIcHlwaS5vcmcCJGFiY2RlZmdo»",
        "«hf_abcdefghijklmnopqrstuvwxyzABCDEFGH»",
        "«eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl»",
        "«sk-proj-abcdefghijklmnopqrstuvwxyz»",
        "«sk-abcdefghijklmnopqrstT3BlbkFJabcdefghijklmnopqrst»",
        "«sk-ant-api03-abcdefghijklmnopqrstuvwxyz»",
        "«SK0123456789abcdef0123456789abcdef»",
        "«SG.abcdefghijklmnopqrstuv.abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG»",
        "«dop_v1_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef»",
        "«hvs.CAESIJabcdefghijklmnop»",
        "«dckr_pat_abcdefghijklmnopqrstuvwxyz0»",
        "«shpat_0123456789abcdef0123456789abcdef»",
        "«dapi0123456789abcdef0123456789abcdef»",
        "«glsa_abcdefghijklmnopqrstuvwxyz012345_0123abcd»",
        "«ATATT3xFfGF0abcdefghijklmnopqrstuvwxyz0123456789=ABCD»",
        "«rubygems_0123456789abcdef0123456789abcdef0123456789abcdef»",
        "«123456789:AAabcdefghijklmnopqrstuvwxyz0123456»",
        "«NRAK-ABCDEFGHIJKLMNOPQRSTUVWXYZ0»",
        "«PMAK-0123456789abcdef01234567-0123456789abcdef0123456789abcdef01»",
        "«lin_api_abcdefghijklmnopqrstuvwxyz0123456789ABCD»",
        "«abcdefghijklmn.atlasv1.abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz»",
    ],
};

/// Markers that are unambiguous, whatever text precedes them.
const STRONG: &[&str] = &[
    // GitHub.
    r"gh[pousr]_[A-Za-z0-9]{36}[A-Za-z0-9_]*",
    r"github_pat_[A-Za-z0-9_]{20,}",
    // GitLab: personal, runner, deploy, job, trigger, feed, mail, agent, application.
    r"gl(?:pat|rt|rtr|dt|cbt|ptt|ft|imt|agent|oas|soat|ffct)-[A-Za-z0-9_][A-Za-z0-9_.-]{15,}",
    r"GR1348941[A-Za-z0-9_-]{20,}",
    // Slack.
    r"(?:xoxe\.)?xox[abcdeoprs]-[A-Za-z0-9%-]{10,}",
    r"xapp-\d-[A-Za-z0-9-]{10,}",
    // Stripe.
    r"[sr]k_(?:live|test)_[A-Za-z0-9]{10,}",
    r"whsec_[A-Za-z0-9+/=]{24,}",
    // JSON web tokens, signed or encrypted.
    concat!(
        r"eyJ[A-Za-z0-9_-]{8,}\.(?:eyJ[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)?",
        r"|[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*){0,2})",
    ),
    // OpenAI, with a marker in the middle.
    r"sk-[A-Za-z0-9_-]{16,}T3BlbkFJ[A-Za-z0-9_-]{16,}",
    r"SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}",
    r"do[opr]_v1_[a-f0-9]{32,}",
    r"hv[sbr]\.[A-Za-z0-9_-]{20,}",
    r"dckr_[a-z]{3}_[A-Za-z0-9_-]{20,}",
    r"pypi-AgE[A-Za-z0-9_-]{16,}",
    r"shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32}",
    r"glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}",
    r"AT[AC]TT3[A-Za-z0-9_=-]{32,}",
    r"rubygems_[a-f0-9]{48}",
    r"NRAK-[A-Z0-9]{27}",
    r"PMAK-[a-f0-9]{24}-[a-f0-9]{34}",
    r"lin_api_[A-Za-z0-9]{32,}",
    r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{40,}",
    r"pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.-]{32,}",
    r"sq0(?:atp|csp|idp)-[A-Za-z0-9_-]{22,}",
    r"figd_[A-Za-z0-9_-]{32,}",
    r"sbp_[a-f0-9]{40}",
    r"pul-[a-f0-9]{40}",
];

/// Markers that may be the end of a word, so no letter or digit may precede them.
const WEAK: &[&str] = &[
    r"gh[pousr]_[A-Za-z0-9][A-Za-z0-9_]{19,}(?:\.[A-Za-z0-9_-]+)*",
    r"npm_[A-Za-z0-9]{30,}",
    r"hf_[A-Za-z0-9]{30,}",
    r"api_org_[A-Za-z0-9]{30,}",
    // OpenAI, Anthropic and others that use the same marker.
    r"sk-(?:ant|proj|svcacct|admin|or|lf)-[A-Za-z0-9_-]{16,}",
    r"sk-[A-Za-z0-9]{32,}",
    r"gsk_[A-Za-z0-9]{32,}",
    r"xai-[A-Za-z0-9]{32,}",
    r"r8_[A-Za-z0-9]{37}",
    // Twilio and Mailgun.
    r"[Ss][Kk][a-f0-9]{32}(?-u:\b)",
    r"key-[a-f0-9]{32}(?-u:\b)",
    r"dapi[a-f0-9]{32}",
    r"ntn_[A-Za-z0-9]{40,}",
    // Telegram and Discord.
    r"\d{8,10}:AA[A-Za-z0-9_-]{32,}",
    r"[MNO][A-Za-z0-9_-]{23,25}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,}",
];

fn patterns() -> Vec<String> {
    let weak = format!("{START}(?:{})", WEAK.join("|"));
    STRONG.iter().map(|&pattern| pattern.to_owned()).chain([weak]).collect()
}
