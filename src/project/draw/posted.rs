//! The page's values as its form posts them.

use super::views::Shape;
use super::{cell_shape, shape};
use crate::framework::content::{Content, Unit, Value};
use crate::framework::{Field, Kind, flow_type};
use crate::kit::territory;
use crate::kit::values::Cents;
use crate::project::saving::Page;

/// The page's values as its form would post them.
pub fn posted(page: &Page, content: &Content) -> Vec<(String, String)> {
    let blank = Unit::blank(page.kind, page.row, None);
    let unit = content.row(page.kind, page.row).unwrap_or(&blank);
    let mut pairs = Vec::new();
    for field in page.fields() {
        put(&mut pairs, (field, shape(field.kind)), unit, field.key.to_owned());
    }
    for rows in page.tables() {
        for unit in content.children(rows.kind, page.parent()) {
            pairs.push((format!("{}.id", rows.kind), unit.row.to_string()));
            for field in rows.fields() {
                put(&mut pairs, (field, cell_shape(field.kind)), unit, format!("{}.{}.{}", rows.kind, unit.row, field.key));
            }
        }
    }
    pairs
}

/// The pairs of one control. What has boxes posts an empty value first, so that ticking none is said too; a list does not.
pub(super) fn put(pairs: &mut Vec<(String, String)>, (field, shape): (&Field, Shape), unit: &Unit, name: String) {
    if matches!(shape, Shape::Radios | Shape::Checks | Shape::Flag) {
        pairs.push((name.clone(), String::new()));
    }
    match (unit.raw.get(field.key), unit.fields.get(field.key)) {
        (Some(raw), _) => pairs.push((name, raw.clone())),
        (None, Some(Value::Many(many))) => pairs.extend(many.iter().map(|value| (name.clone(), value.clone()))),
        (None, _) => pairs.push((name, typed_value(field.kind, unit, field.key))),
    }
}

/// A value as typed in its control.
pub(super) fn typed_value(kind: Kind, unit: &Unit, key: &str) -> String {
    match (kind, unit.fields.get(key)) {
        (Kind::Money, Some(Value::Whole(cents))) => Cents::new(*cents).input(),
        (_, Some(Value::Whole(number))) => number.to_string(),
        (Kind::Decimal(..) | Kind::Signed(..), Some(Value::Text(number))) => number.replace('.', ","),
        (Kind::Commune, Some(Value::Text(code))) => territory::label(code),
        (Kind::FlowType, Some(Value::Text(code))) => flow_type::label(code),
        (_, Some(Value::Text(text))) => text.clone(),
        (_, Some(Value::Flag(true))) => "oui".to_owned(),
        _ => String::new(),
    }
}
