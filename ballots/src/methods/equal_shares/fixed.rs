//! Purses as whole numbers that know how far they may be off: quick, and in doubt where two things are too close to tell.
//!
//! The unit is 1 / (ballots · 2^shift) of a hundredth, so that what everybody starts with, and every cost, is exact. Only
//! prices are rounded. Each purse has a bound of its own on how far it is from the truth, and a purse of 0 is exactly empty.
//! When a project is paid for, the errors of those who give all they have move to those who pay the full price, and only the
//! price's own rounding is added: so errors stay small. Whatever a comparison decides is certain with these bounds, or it is a
//! doubt, and the run is made again with fractions.

use std::cmp::Ordering;

use super::{PRICE_PLACES, Shop, Stop, UNIT};
use crate::{exact::Exact, methods::supports::Support};

/// Bits that the money of all voters may take, so that any sum of purses fits into 64.
const BITS: u32 = 62;
/// With fewer bits after the point than these, nearly everything would be in doubt.
const LEAST_SHIFT: u32 = 4;

/// What one point costs.
#[derive(Clone)]
pub(super) struct Offer {
    /// In units, rounded down.
    point: u64,
    /// How far from the truth that may be.
    off: u64,
    /// Cost in hundredths and points that pay it in full, when nobody pays less: then cost ÷ points is exact.
    exact: Option<(u64, u128)>,
    /// Worth of a point.
    worth: u64,
}

/// What a voter has.
#[derive(Clone, Copy)]
struct Holding {
    purse: u64,
    /// How far that may be from the truth.
    error: u64,
}

/// What those have together who cannot pay a price, and points of those who can.
#[derive(Default)]
struct Split {
    poor: u64,
    error: u64,
    rich: u128,
}

/// What each voter has.
pub(super) struct Purses<'a> {
    shop: &'a Shop<'a>,
    holdings: Vec<Holding>,
    /// Units in a hundredth.
    hundredth: u128,
    /// Columns in which every ballot gives one point.
    plain: Vec<bool>,
}

impl<'a> Purses<'a> {
    /// Everybody's share after so many raises; nothing when the numbers leave too little room.
    pub(super) fn new(shop: &'a Shop<'a>, raises: u32) -> Option<Self> {
        let voters = u128::from(shop.voters);
        let share = u128::from(shop.budget) + UNIT * u128::from(raises) * voters;
        let all = share.checked_mul(voters).filter(|all| *all > 0)?;
        let shift = BITS.checked_sub(u128::BITS - all.leading_zeros()).filter(|shift| *shift >= LEAST_SHIFT)?;
        let share = u64::try_from(share << shift).ok()?;
        let plain = |column: &Vec<Support>| column.iter().all(|support| support.units == 1);
        Some(Self {
            shop,
            holdings: vec![Holding { purse: share, error: 0 }; shop.supports.voters],
            hundredth: voters << shift,
            plain: shop.supports.columns.iter().map(plain).collect(),
        })
    }

    /// Who can pay so much a point. Sums fit: all purses together do, and errors are far smaller.
    fn split(&self, at: usize, point: u64) -> Split {
        let mut split = Split::default();
        if self.plain[at] {
            let mut rich = 0u64;
            for support in &self.shop.supports.columns[at] {
                let Holding { purse, error } = self.holdings[support.voter as usize];
                // Without branches, because nobody can guess who is poor.
                let (weight, below) = (u64::from(support.weight), u64::from(purse < point));
                split.poor += purse * weight * below;
                split.error += error * weight * below;
                rich += weight * (1 - below);
            }
            split.rich = rich.into();
            return split;
        }
        for support in &self.shop.supports.columns[at] {
            let Holding { purse, error } = self.holdings[support.voter as usize];
            let weight = u64::from(support.weight);
            if u128::from(purse) < u128::from(point) * u128::from(support.units) {
                split.poor += purse * weight;
                split.error += error * weight;
            } else {
                split.rich += u128::from(support.units) * u128::from(weight);
            }
        }
        split
    }

    /// Whether everybody is on the side of the offer on which the split at `point` put him, whatever the errors.
    fn is_certain(&self, at: usize, point: u64, offer: &Offer) -> bool {
        let (least, most) = (offer.point.saturating_sub(offer.off), offer.point.saturating_add(offer.off));
        self.shop.supports.columns[at].iter().all(|support| {
            let Holding { purse, error } = self.holdings[support.voter as usize];
            let (purse, error, units) = (u128::from(purse), u128::from(error), u128::from(support.units));
            let share = u128::from(point) * units;
            if purse < share {
                purse == 0 || purse + error <= u128::from(least) * units
            } else {
                purse >= u128::from(most) * units + error
            }
        })
    }
}

impl Offer {
    /// Whether the left rate is certainly above the right one.
    fn is_above(&self, other: &Self) -> bool {
        let least = u128::from(self.point.saturating_sub(self.off)) * u128::from(other.worth);
        let most = u128::from(other.point.saturating_add(other.off)) * u128::from(self.worth);
        least > most
    }
}

impl super::Purses for Purses<'_> {
    type Offer = Offer;

    fn bound(&self, candidate: u16) -> Offer {
        Offer { point: 0, off: 0, exact: None, worth: self.shop.worth[usize::from(candidate)] }
    }

    fn offer(&self, candidate: u16, bound: &Offer) -> Result<Option<Offer>, Stop> {
        let at = usize::from(candidate);
        let cost = u128::from(self.shop.costs[at]).checked_mul(self.hundredth).ok_or(Stop::Doubt)?;
        let mut point = bound.point;
        loop {
            let Split { poor, error, rich } = self.split(at, point);
            if rich == 0 {
                return if u128::from(poor) + u128::from(error) < cost { Ok(None) } else { Err(Stop::Doubt) };
            }
            let rest = cost.checked_sub(u128::from(poor)).ok_or(Stop::Doubt)?;
            // A price above all purses makes everybody poor in the next turn.
            let next = u64::try_from(rest / rich).unwrap_or(u64::MAX);
            if next > point {
                point = next;
                continue;
            }
            // The truth is less than 1 above what is rounded down, and the errors' share of the poor, rounded up, to either side.
            let off = if rest % rich == 0 && error == 0 { 0 } else { u128::from(error) / rich + 2 };
            let offer = Offer {
                point: next,
                off: u64::try_from(off).map_err(|_| Stop::Doubt)?,
                exact: (poor == 0).then_some((self.shop.costs[at], rich)),
                worth: bound.worth,
            };
            return if self.is_certain(at, point, &offer) { Ok(Some(offer)) } else { Err(Stop::Doubt) };
        }
    }

    fn compare(&self, left: &Offer, right: &Offer) -> Option<Ordering> {
        if left.is_above(right) {
            return Some(Ordering::Greater);
        }
        if right.is_above(left) {
            return Some(Ordering::Less);
        }
        // Both rates are cost ÷ (points · worth) exactly.
        let ((cost, points), (other_cost, other_points)) = (left.exact?, right.exact?);
        let left_side = u128::from(cost).checked_mul(other_points)?.checked_mul(u128::from(right.worth))?;
        let right_side = u128::from(other_cost).checked_mul(points)?.checked_mul(u128::from(left.worth))?;
        Some(left_side.cmp(&right_side))
    }

    fn guess(&self, left: &Offer, right: &Offer) -> Ordering {
        let left_side = u128::from(left.point) * u128::from(right.worth);
        left_side.cmp(&(u128::from(right.point) * u128::from(left.worth)))
    }

    fn price(&self, _: u16, offer: &Offer) -> Result<Exact, Stop> {
        let scale = u128::from(10u64.pow(PRICE_PLACES)) / UNIT;
        let shown = |point: u64| Some(u128::from(point).checked_mul(scale)? / self.hundredth);
        let units = match offer.exact {
            Some((cost, points)) => u128::from(cost).checked_mul(scale).map(|scaled| scaled / points),
            None => {
                let least = shown(offer.point.saturating_sub(offer.off));
                least.filter(|least| shown(offer.point.saturating_add(offer.off)) == Some(*least))
            }
        };
        Ok(Exact::decimal(units.ok_or(Stop::Doubt)?, PRICE_PLACES))
    }

    fn pay(&mut self, candidate: u16, offer: &Offer) -> u64 {
        let mut paying = 0;
        for support in &self.shop.supports.columns[usize::from(candidate)] {
            let holding = &mut self.holdings[support.voter as usize];
            if holding.purse > 0 {
                paying += u64::from(support.weight);
                // `is_certain` has shown that who has less than this has less whatever the errors.
                let share = u128::from(offer.point) * u128::from(support.units);
                let rest = u64::try_from(u128::from(holding.purse).saturating_sub(share)).unwrap_or(0);
                let off = offer.off.saturating_mul(u64::from(support.units));
                let error = if rest == 0 { 0 } else { holding.error.saturating_add(off) };
                *holding = Holding { purse: rest, error };
            }
        }
        paying
    }
}
