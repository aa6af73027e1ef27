//! The types of problems: a closed list, the same as `problems.tsv`.

use axum::http::StatusCode;

macro_rules! problem_types {
    ($($name:ident = $status:ident $slug:literal $title:literal / $zh:literal: $meaning:literal;)+) => {
        /// A type of problem.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum ProblemType {
            $(#[doc = $meaning] $name,)+
        }

        impl ProblemType {
            /// All types, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The last part of the type's name.
            pub const fn slug(self) -> &'static str {
                match self { $(Self::$name => $slug,)+ }
            }

            /// The status.
            pub const fn status_code(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)+ }
            }

            /// The title.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)+ }
            }

            /// The title in Chinese.
            pub const fn title_zh(self) -> &'static str {
                match self { $(Self::$name => $zh,)+ }
            }

            /// What it means and what to do, in one sentence.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$name => $meaning,)+ }
            }
        }
    };
}

problem_types! {
    BadJson = BAD_REQUEST "bad-json" "The body is not the JSON that is expected" / "请求内容不是所需的 JSON":
        "Not JSON, or a member is missing, unknown, twice or of another type; errors name the place.";
    BadQuery = BAD_REQUEST "bad-query" "The query is not as described" / "查询参数有误":
        "A parameter of the query is unknown, stands twice or is out of its range.";
    BadHeader = BAD_REQUEST "bad-header" "A header is missing or not as described" / "请求头缺失或有误":
        "A header that the operation needs is missing or has another form.";
    BodyCut = BAD_REQUEST "body-cut" "The body ended before it was whole" / "请求内容不完整":
        "The connection ended, or the body is not framed as HTTP asks for; send it again.";
    CredentialMissing = UNAUTHORIZED "credential-missing" "A credential is needed" / "需要凭证":
        "Send the device token as a bearer token, or sign the request.";
    CredentialRefused = UNAUTHORIZED "credential-refused" "The credential is not accepted" / "凭证无效":
        "Forged, damaged or another region's; which of these is not said.";
    CredentialEnded = UNAUTHORIZED "credential-ended" "The credential has ended" / "凭证已过期":
        "Sign in again, or sign the request with the present time.";
    CredentialUsed = UNAUTHORIZED "credential-used" "The signature was used before" / "签名已使用过":
        "A signed request is accepted once; look whether it was done, and sign again with a new nonce.";
    Withdrawn = UNAUTHORIZED "withdrawn" "This code was withdrawn" / "该健康码已注销":
        "The number behind the token was withdrawn or erased; sign in again for a new one.";
    NotEnrolled = UNAUTHORIZED "not-enrolled" "Nobody is enrolled under this token" / "该凭证无对应登记":
        "The subject is not enrolled, or no longer under this number.";
    IdentityNotProved = FORBIDDEN "identity-not-proved" "The identity is not proved" / "身份未核实":
        "The proof does not show that the document is the person's.";
    SignInEnded = FORBIDDEN "sign-in-ended" "The sign-in cannot be finished" / "登录会话无效":
        "It was not begun here, has ended or was used; begin another.";
    NotAllowed = FORBIDDEN "not-allowed" "This is beyond the registration" / "超出登记权限":
        "The source, gate or officer is not registered for this.";
    SameOfficer = FORBIDDEN "same-officer" "Another officer is needed" / "须由另一名工作人员复核":
        "Who proposed cannot approve: it takes another person with another id and key.";
    NoOverride = FORBIDDEN "no-override" "Levels are not set by hand" / "不得人工赋码":
        "It would take two officers, a reason code, evidence and an expiry, and does not exist; the attempt is in the log.";
    NotFound = NOT_FOUND "not-found" "There is nothing here" / "未找到":
        "No operation has this path.";
    NoGrant = NOT_FOUND "no-grant" "There is no such grant" / "无此授权":
        "No grant holds between the two people, or it has ended.";
    NoPaper = NOT_FOUND "no-paper" "There is no such paper code" / "无此纸质码":
        "The subject has no paper code of this pointer.";
    NoProposal = NOT_FOUND "no-proposal" "There is no such proposal" / "无此提案":
        "No proposal has this id, or it is not kept any more.";
    NoBatch = NOT_FOUND "no-batch" "There is no such batch" / "无此批次":
        "The source has sent no batch under this reference.";
    NoRules = NOT_FOUND "no-rules" "There is no such rule pack" / "无此赋码规则":
        "No pack of this version was uploaded, or it was not tried.";
    NoNotice = NOT_FOUND "no-notice" "No such notice holds" / "无此有效公告":
        "No notice of this number holds: it has ended, or there was none.";
    NotRegistered = NOT_FOUND "not-registered" "Nobody is registered under this id" / "无此登记":
        "No source, gate or officer of this kind has the id.";
    NoSuchRegion = NOT_FOUND "no-such-region" "Nothing is exchanged with this region" / "与该地区未互联":
        "It is not in the federation, or is this region itself.";
    NothingWaits = NOT_FOUND "nothing-waits" "No transfer waits here for this secret" / "无待领取的转移":
        "It did not arrive, was picked up, is over, or the secret is another; which of these is not said.";
    CodeUnknown = NOT_FOUND "code-unknown" "Its region says nothing of this code" / "签发地区未确认该码":
        "The code is over, or is not one that its region made; show a new one.";
    MethodNotAllowed = METHOD_NOT_ALLOWED "method-not-allowed" "Not with this method" / "不支持该方法":
        "The path has other methods; Allow names them.";
    BodyTooSlow = REQUEST_TIMEOUT "body-too-slow" "The body came too slowly" / "请求内容传输过慢":
        "The body was not whole in time; nothing was done.";
    AboveLow = CONFLICT "above-low" "The level is above low" / "当前等级高于低风险":
        "What the level rests on is kept until it ends; afterwards it can be erased.";
    DocumentTaken = CONFLICT "document-taken" "The document belongs to another subject" / "证件已属于他人":
        "Have it corrected at a counter.";
    GrantRefused = CONFLICT "grant-refused" "The grant is not made" / "授权未成立":
        "The offer was taken up before or has ended, or one side has as many grants as it may.";
    OtherContent = CONFLICT "other-content" "Something else was received under this reference" / "该编号下已收到其他内容":
        "A reference names one content for ever; send the new content under a new one.";
    ProposalClosed = CONFLICT "proposal-closed" "The proposal is decided or has lapsed" / "提案已处理或已失效":
        "Look at its state; propose anew what is still wanted.";
    NotWaiting = CONFLICT "not-waiting" "The batch does not wait" / "该批次不在待复核状态":
        "It counts already, or was refused.";
    RulesPassed = CONFLICT "rules-passed" "The version is taken, in force or over" / "该版本已存在、已生效或已过期":
        "Versions rise; a pack that was activated stays so; the detail says which.";
    TrialUnderWay = CONFLICT "trial-under-way" "A rule pack is being tried" / "正在试算":
        "One at a time: ask how far it is.";
    NoticeHolds = CONFLICT "notice-holds" "Such a notice holds already" / "同类公告正在生效":
        "End it first, or let it end.";
    AlreadyRegistered = CONFLICT "already-registered" "Id, key or name is taken" / "编号、密钥或名称已被登记":
        "An id names one party for ever, and no two have the same key; the detail says what is taken.";
    LastOperators = CONFLICT "last-operators" "Too few operators would be left" / "剩余运维人员不足":
        "Two operators must be left who can approve; register another one first.";
    OldKey = CONFLICT "old-key" "The parcel is sealed to an old key" / "包裹使用了旧密钥":
        "Take the region's key list anew, seal it again under the same id, and bring it once more.";
    TransferChanged = CONFLICT "transfer-changed" "What would go is not what was shown" / "转移内容已变化":
        "Something was added since; look at it again and agree to that.";
    BodyTooLarge = PAYLOAD_TOO_LARGE "body-too-large" "The body is too large" / "请求内容过大":
        "64 KiB for people, 16 MiB for batches.";
    WrongMediaType = UNSUPPORTED_MEDIA_TYPE "wrong-media-type" "Another media type is expected" / "不支持的内容类型":
        "Content-Type names what the operation does not read.";
    BadFields = UNPROCESSABLE_ENTITY "bad-fields" "Some fields are refused" / "部分字段未通过检查":
        "All that is wrong is named at once, by path and without its value.";
    ConsentMissing = UNPROCESSABLE_ENTITY "consent-missing" "A consent is missing" / "缺少同意":
        "Nobody is enrolled without the consent that the act rests on.";
    BadBatch = UNPROCESSABLE_ENTITY "bad-batch" "The batch cannot be read at all" / "批次无法读取":
        "The header of a CSV batch is refused; lines are otherwise judged each for itself.";
    BadRules = UNPROCESSABLE_ENTITY "bad-rules" "The rule pack has findings" / "规则包未通过检查":
        "Nobody is decided by such a pack; errors name every line and what is wrong there.";
    BadAreas = UNPROCESSABLE_ENTITY "bad-areas" "The publication cannot be taken" / "风险区公告无法采用":
        "It cannot be read, or not wholly: what is not on a list counts as ended.";
    TransferRefused = UNPROCESSABLE_ENTITY "transfer-refused" "The transfer is not taken" / "转移未被接受":
        "Forged, over, for another region, or more than goes at once; the detail says which.";
    TooMany = TOO_MANY_REQUESTS "too-many" "Too many requests" / "请求过于频繁":
        "Ask again after the seconds of Retry-After.";
    Internal = INTERNAL_SERVER_ERROR "internal" "Something failed on our side" / "服务内部错误":
        "Nothing is half done; the operators see it.";
    StoreUnavailable = SERVICE_UNAVAILABLE "store-unavailable" "Nothing can be kept at the moment" / "暂时无法保存":
        "Showing and verifying go on; ask again after the seconds of Retry-After.";
    ProviderUnavailable = SERVICE_UNAVAILABLE "provider-unavailable" "The identity provider does not answer" / "身份服务暂不可用":
        "Nothing was done; codes go on. Ask again after the seconds of Retry-After, or take another method.";
    RegionUnavailable = SERVICE_UNAVAILABLE "region-unavailable" "The other region does not answer" / "对方地区暂不可用":
        "Codes go on; ask again after the seconds of Retry-After.";
    Overloaded = SERVICE_UNAVAILABLE "overloaded" "More is asked than can be carried" / "服务繁忙":
        "Ask again after the seconds of Retry-After, which differ from caller to caller.";
    NoKey = SERVICE_UNAVAILABLE "no-key" "The node cannot sign at the moment" / "暂时无法签发":
        "The node has no key for this time; ask again, or another node.";
    NoAnswerInTime = GATEWAY_TIMEOUT "no-answer-in-time" "No answer in time" / "未及时得到结果":
        "The act may have been done or not; ask again, repeating does no harm.";
}

impl ProblemType {
    /// The status as a number.
    pub const fn status(self) -> u16 {
        self.status_code().as_u16()
    }
}
