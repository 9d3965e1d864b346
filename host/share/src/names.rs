//! Which names of traits, properties and query parameters say that a person is told by them.
//!
//! The list errs on the side of leaving out: what it takes for an identifier and is none can
//! be granted by its name.

use std::borrow::Cow;

/// Names that are identifiers as they are, in small letters and without what separates words.
const NAMES: &[&str] = &[
    "adresse",
    "advertisingid",
    "anschrift",
    "anonymousid",
    "apellido",
    "apellidos",
    "avatar",
    "birthdate",
    "birthday",
    "cell",
    "clientid",
    "contactid",
    "coordinates",
    "correo",
    "courriel",
    "customerid",
    "dateofbirth",
    "deviceid",
    "direccion",
    "dob",
    "externalid",
    "facebook",
    "fax",
    "faxnumber",
    "fbc",
    "fbp",
    "firstname",
    "forename",
    "gaid",
    "geburtsdatum",
    "github",
    "givenname",
    "familyname",
    "fullname",
    "handle",
    "handy",
    "iban",
    "id",
    "idfa",
    "idfv",
    "instagram",
    "ip",
    "ipaddress",
    "lastname",
    "lat",
    "latitude",
    "leadid",
    "linkedin",
    "lng",
    "login",
    "lon",
    "longitude",
    "mail",
    "maidenname",
    "memberid",
    "middlename",
    "mobil",
    "mobile",
    "mobilenumber",
    "msisdn",
    "nachname",
    "name",
    "nickname",
    "nom",
    "nombre",
    "passport",
    "passportnumber",
    "password",
    "personid",
    "photo",
    "picture",
    "prenom",
    "profileid",
    "remoteaddr",
    "signature",
    "skype",
    "sms",
    "ssn",
    "strasse",
    "straße",
    "street",
    "surname",
    "taxid",
    "tel",
    "telefon",
    "telefono",
    "telegram",
    "token",
    "twitter",
    "uid",
    "user",
    "userid",
    "username",
    "uuid",
    "vid",
    "visitorid",
    "vorname",
    "wechat",
    "whatsapp",
    "xforwardedfor",
    "xing",
];

/// What stands in names of identifiers, wherever: `workEmail`, `phone_number_2`.
const WITHIN: &[&str] = &["email", "phone", "streetaddress", "socialsecurity"];

/// What names of identifiers end with: `billing_first_name`, `hubspot_contact_id`.
const ENDS: &[&str] = &[
    "address",
    "addressline",
    "birthdate",
    "birthday",
    "contactid",
    "contactname",
    "customerid",
    "customername",
    "displayname",
    "familyname",
    "firstname",
    "fullname",
    "givenname",
    "lastname",
    "leadid",
    "linkedinurl",
    "membername",
    "ownername",
    "personid",
    "personname",
    "profileurl",
    "screenname",
    "street",
    "surname",
    "userid",
    "username",
    "visitorid",
];

/// Names of objects that are about no person, so that a `name` in them is not a person's.
const THINGS: &[&str] = &[
    "account",
    "business",
    "campaign",
    "category",
    "company",
    "employer",
    "event",
    "feature",
    "file",
    "firma",
    "form",
    "group",
    "organisation",
    "organization",
    "page",
    "plan",
    "product",
    "project",
    "screen",
    "team",
    "workspace",
];

/// Names of identifiers whose value is a person's name, so that each word of it is one too.
const PERSONS_NAMES: &[&str] = &[
    "name", "nombre", "apellido", "vorname", "nachname", "prenom", "nom", "forename",
];

/// Whether a trait, property or parameter of this name tells a person from all others.
#[must_use]
pub fn is_direct_identifier(name: &str) -> bool {
    let name = plain(name);
    // `address1`, `email2`: the how-manyth does not make it another thing.
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit());
    NAMES.contains(&name) || WITHIN.iter().any(|w| name.contains(w)) || ENDS.iter().any(|e| name.ends_with(e))
}

/// The same within an object that is called `parent`: a product's `name` or `id` is no person's.
pub(crate) fn is_identifier_within(parent: &str, name: &str) -> bool {
    if matches!(&*plain(name), "name" | "id" | "uuid") && THINGS.contains(&&*plain(parent)) {
        return false;
    }
    is_direct_identifier(name)
}

/// Whether the value under this name is a person's name.
pub(crate) fn is_persons_name(name: &str) -> bool {
    let name = plain(name);
    let ends = |end: &&str| name.ends_with(*end);
    PERSONS_NAMES.iter().any(ends)
}

/// Whether the value under this name is a phone number.
pub(crate) fn is_phone(name: &str) -> bool {
    let name = plain(name);
    name.contains("phone")
        || matches!(
            &*name,
            "mobile" | "cell" | "tel" | "telefon" | "handy" | "sms" | "whatsapp"
        )
}

/// In small letters, without what separates words. Most names are so already.
fn plain(name: &str) -> Cow<'_, str> {
    if name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()) {
        return Cow::Borrowed(name);
    }
    let letters = name.chars().filter(|c| c.is_alphanumeric());
    Cow::Owned(letters.flat_map(char::to_lowercase).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_told_by_their_names_however_they_are_written() {
        for name in [
            "email",
            "E-Mail",
            "workEmail",
            "email_address",
            "email2",
            "phone",
            "Phone Number",
            "mobile",
            "first_name",
            "firstName",
            "LASTNAME",
            "billing_last_name",
            "name",
            "address",
            "address1",
            "shippingAddress",
            "street",
            "ip",
            "IP-Address",
            "user_id",
            "userId",
            "hubspot_contact_id",
            "id",
            "linkedin",
            "linkedin_url",
            "avatar",
            "dob",
            "latitude",
            "Straße",
            "Vorname",
            "nom",
            "customer_name",
            "x-forwarded-for",
        ] {
            assert!(is_direct_identifier(name), "{name}");
        }
    }

    #[test]
    fn what_many_have_in_common_is_no_identifier() {
        for name in [
            "industry",
            "employees",
            "title",
            "jobTitle",
            "position",
            "company",
            "companyName",
            "country",
            "language",
            "plan",
            "utm_source",
            "q",
            "search",
            "page",
            "paid",
            "video",
            "product_name",
            "width",
            "ipad",
            "mailing",
        ] {
            assert!(!is_direct_identifier(name), "{name}");
        }
    }

    #[test]
    fn a_companys_name_is_no_persons() {
        assert!(!is_identifier_within("company", "name"));
        assert!(!is_identifier_within("Product", "id"));
        assert!(is_identifier_within("company", "email"));
        assert!(is_identifier_within("owner", "name"));
    }
}
