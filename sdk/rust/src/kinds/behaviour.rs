//! What people do: pages, searches, forms, the product.

use crate::json::{Map, Value};

super::kinds! {
    /// A page was shown.
    PageViewed = "page.viewed" {
        /// Absolute, with the query.
        url: String,
        /// The URL's path, with a leading slash.
        path: String,
        /// The page's title.
        title: String,
        /// Where the visitor came from: an absolute URL.
        referrer: String,
        /// What the site says that the page is about.
        tags: Vec<String>,
        /// What was searched for, where the page shows the results of a search.
        search: String,
        /// The how-manyth page of the visit, from 1.
        position: Option<u32>,
    }

    /// A page was left: what only then is known of how it was read.
    PageLeft = "page.left" {
        /// Absolute, with the query.
        url: String,
        /// The URL's path, with a leading slash.
        path: String,
        /// Milliseconds from showing to leaving.
        dwell_ms: Option<u64>,
        /// Milliseconds of these in which it was visible.
        visible_ms: Option<u64>,
        /// How far it was scrolled, 0..1.
        scroll: Option<f64>,
    }

    /// A screen of an app was shown.
    ScreenViewed = "screen.viewed" {
        /// The screen's name.
        name: String,
    }

    /// Something was searched for on the site.
    SearchPerformed = "search.performed" {
        /// What was typed.
        query: String,
        /// How many results there were.
        results: Option<u64>,
    }

    /// The first field of a form was filled in.
    FormStarted = "form.started" {
        /// The form's name or id.
        form: String,
    }

    /// A form was sent.
    FormSubmitted = "form.submitted" {
        /// The form's name or id.
        form: String,
        /// Names of the fields that were filled in, never their values.
        fields: Vec<String>,
        /// How often something that had been filled in was changed.
        corrections: Option<u32>,
        /// What it asks of us.
        asks: Option<Ask>,
    }

    /// A form was started and left.
    FormAbandoned = "form.abandoned" {
        /// The form's name or id.
        form: String,
        /// The name of the field that was touched last.
        last_field: String,
        /// How often something that had been filled in was changed.
        corrections: Option<u32>,
    }

    /// Something was done with the product, in a trial or as a customer.
    ProductUsed = "product.used" {
        /// What was done, such as `project created`.
        action: String,
        /// The part of the product.
        feature: String,
        /// How many times.
        count: Option<u64>,
        /// What else the product says.
        details: Map<String, Value>,
    }

    /// A file was fetched.
    FileDownloaded = "file.downloaded" {
        /// Absolute.
        url: String,
        /// The file's name or title.
        name: String,
    }
}

super::property_words! {
    /// What a form asks of us.
    Ask {
        /// To be called or written to.
        Contact,
        /// To be shown the product.
        Demo,
        /// An offer.
        Quote,
        /// A file.
        Download,
        ;
        /// Something else.
        Other
    }
}
