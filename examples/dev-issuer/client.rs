//! What asks a running issuer.

use serde_json::Value;

use crate::Outcome;

/// Prints a token and the `curl` line that uses it.
pub(crate) async fn token(issuer: &str, url: &str, form: &[(String, String)]) -> Outcome {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form)
        .finish();
    let answer = post(&format!("{issuer}/token"), body).await?;
    let answer: Value = serde_json::from_str(&answer)?;
    let Some(token) = answer.get("access_token").and_then(Value::as_str) else {
        let error = answer.get("error_description").and_then(Value::as_str);
        return Err(error.unwrap_or("the issuer answers no token").into());
    };
    let is_agent = form.iter().any(|(name, _)| name == "agent_scope");
    let caller = "-H \"Authorization: Bearer $TOKEN\"";
    if is_agent {
        println!("AGENT={token}\n");
        println!("curl -i {url} {caller} -H \"X-Agent-Authorization: Bearer $AGENT\"");
    } else {
        println!("TOKEN={token}\n");
        println!("curl -i {url} {caller}");
    }
    Ok(())
}

/// Prints the name of the new key.
pub(crate) async fn rotate(issuer: &str) -> Outcome {
    print!(
        "{}",
        post(&format!("{issuer}/rotate"), String::new()).await?
    );
    Ok(())
}

async fn post(url: &str, body: String) -> Result<String, String> {
    let unreachable =
        |error: reqwest::Error| format!("no answer from {url}, is the issuer running? {error}");
    // No proxy: what is asked for is on this machine.
    let client = reqwest::Client::builder().no_proxy().build();
    let answer = client
        .map_err(unreachable)?
        .post(url)
        .body(body)
        .send()
        .await;
    answer
        .map_err(unreachable)?
        .text()
        .await
        .map_err(unreachable)
}
