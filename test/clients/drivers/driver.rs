//! Makes the calls of the scenario: a line of JSON in for each, a line of JSON out.

#[path = "../patient.rs"]
mod patient;

use latchkey::apis::configuration::{ApiKey, Configuration};
use latchkey::apis::{clients_api, data_api, keys_api, usage_api, Error};
use latchkey::models;
use serde_json::{json, Value};
use std::collections::{HashMap, HashSet};
use std::io::BufRead;
use std::time::{SystemTime, UNIX_EPOCH};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    for line in std::io::stdin().lock().lines() {
        let ask: Value = serde_json::from_str(&line.unwrap()).unwrap();
        println!("{}", answer(&ask).await);
    }
}

async fn answer(ask: &Value) -> Value {
    let latchkey = connect(ask);
    match text(ask, "call").as_str() {
        "getData" => said(data_api::get_data(&latchkey).await, of_data),
        "getSecretData" => said(data_api::get_secret_data(&latchkey).await, of_data),
        "getInfo" => said(data_api::get_info(&latchkey).await, |text| json!({ "text": text })),
        "createClient" => {
            let mut wanted = models::ClientRegistration::new(text(ask, "name"));
            wanted.plan = Some(text(ask, "plan"));
            let params = clients_api::CreateClientParams { client_registration: wanted };
            said(clients_api::create_client(&latchkey, params).await, |client| {
                json!({ "id": client.id, "name": client.name, "plan": client.plan })
            })
        }
        "createKey" => {
            let scopes = serde_json::from_value(ask["scopes"].clone()).unwrap();
            let wanted = models::NewKey::new(text(ask, "clientId"), text(ask, "name"), scopes);
            said(keys_api::create_key(&latchkey, keys_api::CreateKeyParams { new_key: wanted }).await, of_issued)
        }
        "getKey" => {
            let params = keys_api::GetKeyParams { key_id: text(ask, "keyId") };
            said(keys_api::get_key(&latchkey, params).await, of_key)
        }
        "rotateKey" => {
            let mut rotation = models::Rotation::new();
            rotation.overlap_seconds = Some(number(ask, "overlapSeconds"));
            let params = keys_api::RotateKeyParams { key_id: text(ask, "keyId"), rotation: Some(rotation) };
            said(keys_api::rotate_key(&latchkey, params).await, of_issued)
        }
        "updateKey" => {
            let params = keys_api::UpdateKeyParams {
                key_id: text(ask, "keyId"),
                key_update: update_of(&ask["limit"]),
                if_match: Some(text(ask, "ifMatch")),
            };
            said(keys_api::update_key(&latchkey, params).await, of_key)
        }
        "getUsage" => {
            let params = usage_api::GetUsageParams {
                from: Some(text(ask, "from")),
                to: None,
                bucket: None,
                group_by: Some(serde_json::from_value(ask["groupBy"].clone()).unwrap()),
                client_id: None,
                key_id: None,
                operation: None,
                environment: None,
                code: None,
                format: None,
            };
            said(usage_api::get_usage(&latchkey, params).await, of_usage)
        }
        "revokeKey" => {
            let mut revocation = models::Revocation::new();
            revocation.reason = Some(text(ask, "reason"));
            let params = keys_api::RevokeKeyParams { key_id: text(ask, "keyId"), revocation: Some(revocation) };
            said(keys_api::revoke_key(&latchkey, params).await, of_key)
        }
        "listKeys" => count_keys(&latchkey, ask).await,
        call => panic!("there is no call {call} here"),
    }
}

fn connect(ask: &Value) -> Configuration {
    let client = reqwest_middleware::ClientBuilder::new(reqwest::Client::new());
    let is_patient = ask["patient"] == json!(true);
    Configuration {
        base_path: std::env::var("URL").unwrap(),
        api_key: ask["key"].as_str().map(|key| ApiKey { prefix: None, key: key.into() }),
        client: if is_patient { client.with(patient::Patient).build() } else { client.build() },
        ..Configuration::new()
    }
}

fn update_of(limit: &Value) -> models::KeyUpdate {
    let mut terms = models::LimitTerms::new(number(limit, "requests"));
    terms.window_seconds = Some(number(limit, "windowSeconds"));
    terms.burst = Some(number(limit, "burst"));
    let mut limits = models::LimitOverride::new();
    limits.set = Some(HashMap::from([(text(limit, "name"), terms)]));
    let mut update = models::KeyUpdate::new();
    update.limits = Some(Some(Box::new(limits)));
    update
}

async fn count_keys(latchkey: &Configuration, ask: &Value) -> Value {
    let mut count = 0;
    let mut distinct = HashSet::new();
    let mut query = keys_api::ListKeysParams {
        limit: Some(number(ask, "pageSize")),
        cursor: None,
        client_id: Some(text(ask, "clientId")),
        state: None,
        environment: None,
        scope: None,
        last_four: None,
        text: None,
    };
    loop {
        let page = match keys_api::list_keys(latchkey, query.clone()).await {
            Ok(page) => page,
            Err(error) => return refused(error),
        };
        count += page.items.len();
        distinct.extend(page.items.into_iter().map(|key| key.id));
        if page.next_cursor.is_none() {
            return json!({ "keys": count, "distinct": distinct.len() });
        }
        query.cursor = page.next_cursor;
    }
}

fn said<T, E: std::fmt::Debug>(answer: Result<T, Error<E>>, tell: impl Fn(T) -> Value) -> Value {
    match answer {
        Ok(value) => tell(value),
        Err(error) => refused(error),
    }
}

fn refused<E: std::fmt::Debug>(error: Error<E>) -> Value {
    let Error::ResponseError(answer) = error else { panic!("no answer: {error}") };
    let problem: models::Problem = serde_json::from_str(&answer.content).unwrap();
    json!({
        "status": problem.status,
        "code": problem.code,
        "error": problem.error,
        "pointer": problem.errors.map(|errors| errors[0].pointer.clone()),
        "violated": problem.violated_policies,
    })
}

fn of_data(data: models::DataSet) -> Value {
    json!({ "message": data.message, "data": data.data })
}

fn of_usage(report: models::UsageReport) -> Value {
    let name = |group: &HashMap<String, String>| format!("{} {}", group["operation"], group["statusClass"]);
    let groups: Vec<String> = report.series.iter().map(|series| name(&series.group)).collect();
    json!({ "bucket": report.bucket, "groups": groups })
}

fn of_issued(issued: models::IssuedKey) -> Value {
    let mut told = of_key(*issued.key);
    told["secret"] = json!(issued.secret);
    told
}

fn of_key(key: models::Key) -> Value {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64();
    json!({
        "id": key.id,
        "name": key.name,
        "state": key.state,
        "scopes": key.scopes,
        "expiresAt": key.expires_at,
        "successorId": key.successor_id,
        "revocationReason": key.revocation_reason,
        // To the nearest minute: what the scenario waits for takes less.
        "overlapSeconds": key.overlap_ends_at.map(|at| ((at.timestamp() as f64 - now) / 60.0).round() as i64 * 60),
        "limit": key.limits.and_then(|limits| limits.set).map(|set| set["perKey"].clone()),
    })
}

fn text(ask: &Value, name: &str) -> String {
    ask[name].as_str().unwrap().into()
}

fn number(ask: &Value, name: &str) -> i32 {
    ask[name].as_i64().unwrap() as i32
}
