//! Purses as whole numbers that know how far they may be off: quick, and in doubt where two things are too close to tell.
//!
//! They take 64 bits, or where millions of voters or a huge budget leave too little room for that, 128.
//!
//! The unit is 1 / (ballots · 2^shift) of a hundredth, so that what everybody starts with, and every cost, is exact. Only
//! prices are rounded. Each purse has a bound of its own on how far it is from the truth, and a purse of 0 is exactly empty.
//! When a project is paid for, the errors of those who give all they have move to those who pay the full price, and only the
//! price's own rounding is added: so errors stay small. Whatever a comparison decides is certain with these bounds, or it is a
//! doubt, and the run is made again with fractions.

use std::{
    cmp::Ordering,
    ops::{Add, Mul},
};

use super::{PRICE_PLACES, Shop, Stop, UNIT};
use crate::{exact::Exact, methods::supports::Support};

/// With fewer bits after the point than these, nearly everything would be in doubt.
const LEAST_SHIFT: u32 = 4;

/// A number that a purse is kept in.
pub(super) trait Whole:
    Copy + Default + Ord + From<u32> + Into<u128> + TryFrom<u128> + Add<Output = Self> + Mul<Output = Self>
{
    /// Bits that the money of all voters may take.
    const BITS: u32;
}

impl Whole for u64 {
    /// Any sum of purses fits.
    const BITS: u32 = 62;
}

impl Whole for u128 {
    /// A purse, its error and 32 bits for points can be multiplied.
    const BITS: u32 = 94;
}

/// What one point costs.
#[derive(Clone)]
pub(super) struct Offer {
    /// In units, rounded down.
    point: u128,
    /// How far from the truth that may be.
    off: u64,
    /// Cost in hundredths and points that pay it in full, when nobody pays less: then cost ÷ points is exact.
    exact: Option<(u64, u128)>,
    /// Worth of a point.
    worth: u64,
}

/// What a voter has.
#[derive(Clone, Copy)]
struct Holding<W> {
    purse: W,
    /// How far that may be from the truth.
    error: W,
}

/// What those have together who cannot pay a price, and points of those who can.
#[derive(Default)]
struct Split {
    poor: u128,
    error: u128,
    rich: u128,
}

/// What each voter has.
pub(super) struct Purses<'a, W> {
    shop: &'a Shop<'a>,
    holdings: Vec<Holding<W>>,
    /// Units of all voters together.
    all: u128,
    /// Units in a hundredth.
    hundredth: u128,
    /// How far prices may be off, so that the errors of all voters after all purchases fit where purses do.
    most_off: u64,
    /// Columns in which every ballot gives one point.
    plain: Vec<bool>,
}

impl<'a, W: Whole> Purses<'a, W> {
    /// Everybody's share after so many raises; nothing when the numbers leave too little room.
    pub(super) fn new(shop: &'a Shop<'a>, raises: u32) -> Option<Self> {
        let voters = u128::from(shop.voters);
        let share = u128::from(shop.budget) + UNIT * u128::from(raises) * voters;
        let all = share.checked_mul(voters).filter(|all| *all > 0)?;
        let shift = W::BITS.checked_sub(u128::BITS - all.leading_zeros()).filter(|shift| *shift >= LEAST_SHIFT)?;
        let share = W::try_from(share << shift).ok()?;
        let units = shop.supports.columns.iter().flatten().map(|support| support.units).max().unwrap_or(1);
        let often = voters * u128::from(units) * shop.costs.len() as u128;
        let plain = |column: &Vec<Support>| column.iter().all(|support| support.units == 1);
        Some(Self {
            shop,
            holdings: vec![Holding { purse: share, error: W::default() }; shop.supports.voters],
            all: all << shift,
            hundredth: voters << shift,
            most_off: u64::try_from((1u128 << W::BITS) / often.max(1)).unwrap_or(u64::MAX),
            plain: shop.supports.columns.iter().map(plain).collect(),
        })
    }

    /// Who can pay so much a point. Sums fit: all purses together do, and errors are far smaller.
    fn split(&self, at: usize, point: W) -> Split {
        let (mut poor, mut error, mut rich) = (W::default(), W::default(), 0u128);
        if self.plain[at] {
            let mut payers = 0u64;
            for support in &self.shop.supports.columns[at] {
                let holding = self.holdings[support.voter as usize];
                // Without branches, because nobody can guess who is poor.
                let below = u32::from(holding.purse < point);
                let weight = W::from(support.weight * below);
                poor = poor + holding.purse * weight;
                error = error + holding.error * weight;
                payers += u64::from(support.weight * (1 - below));
            }
            rich = payers.into();
        } else {
            let point: u128 = point.into();
            for support in &self.shop.supports.columns[at] {
                let holding = self.holdings[support.voter as usize];
                if holding.purse.into() < point * u128::from(support.units) {
                    poor = poor + holding.purse * W::from(support.weight);
                    error = error + holding.error * W::from(support.weight);
                } else {
                    rich += u128::from(support.units) * u128::from(support.weight);
                }
            }
        }
        Split { poor: poor.into(), error: error.into(), rich }
    }

    /// Whether everybody is on the side of the offer on which the split at `point` put him, whatever the errors.
    fn is_certain(&self, at: usize, point: u128, offer: &Offer) -> bool {
        let (least, most) = offer.range();
        self.shop.supports.columns[at].iter().all(|support| {
            let Holding { purse, error } = self.holdings[support.voter as usize];
            let (purse, error, units): (u128, u128, u128) = (purse.into(), error.into(), support.units.into());
            if purse < point * units {
                purse == 0 || purse + error <= least * units
            } else {
                purse >= most * units + error
            }
        })
    }
}

impl Offer {
    /// Least and most that a point may truly cost.
    fn range(&self) -> (u128, u128) {
        let off = u128::from(self.off);
        (self.point.saturating_sub(off), self.point + off)
    }

    /// Whether the left rate is certainly above the right one.
    fn is_above(&self, other: &Self) -> bool {
        times(self.range().0, other.worth) > times(other.range().1, self.worth)
    }
}

/// A product as its higher part and its lower 64 bits, because it may take more than 128.
fn times(number: u128, factor: u64) -> (u128, u64) {
    let low = u128::from(number as u64) * u128::from(factor);
    ((number >> 64) * u128::from(factor) + (low >> 64), low as u64)
}

impl<W: Whole> super::Purses for Purses<'_, W> {
    type Offer = Offer;

    fn bound(&self, candidate: u16) -> Offer {
        Offer { point: 0, off: 0, exact: None, worth: self.shop.worth[usize::from(candidate)] }
    }

    fn offer(&self, candidate: u16, bound: &Offer) -> Result<Option<Offer>, Stop> {
        let at = usize::from(candidate);
        // What costs more than everybody had at first, nobody can pay for; all else fits.
        let cost = u128::from(self.shop.costs[at]).checked_mul(self.hundredth).filter(|cost| *cost <= self.all);
        let Some(cost) = cost else { return Ok(None) };
        let mut point = bound.point;
        loop {
            let Split { poor, error, rich } = self.split(at, W::try_from(point).map_err(|_| Stop::Doubt)?);
            if rich == 0 {
                return if poor + error < cost { Ok(None) } else { Err(Stop::Doubt) };
            }
            let rest = cost.checked_sub(poor).ok_or(Stop::Doubt)?;
            // A price above all purses makes everybody poor in the next turn.
            let next = rest / rich;
            if next > point {
                point = next;
                continue;
            }
            // The truth is less than 1 above what is rounded down, and the errors' share of the poor, rounded up, to either side.
            let off = if rest % rich == 0 && error == 0 { 0 } else { error / rich + 2 };
            let offer = Offer {
                point: next,
                off: u64::try_from(off).ok().filter(|off| *off <= self.most_off).ok_or(Stop::Doubt)?,
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
        times(left.point, right.worth).cmp(&times(right.point, left.worth))
    }

    fn price(&self, _: u16, offer: &Offer) -> Result<Exact, Stop> {
        let scale = u128::from(10u64.pow(PRICE_PLACES)) / UNIT;
        let shown = |point: u128| Some(point.checked_mul(scale)? / self.hundredth);
        let units = match offer.exact {
            Some((cost, points)) => u128::from(cost).checked_mul(scale).map(|scaled| scaled / points),
            None => {
                let (least, most) = offer.range();
                shown(least).filter(|least| shown(most) == Some(*least))
            }
        };
        Ok(Exact::decimal(units.ok_or(Stop::Doubt)?, PRICE_PLACES))
    }

    fn pay(&mut self, candidate: u16, offer: &Offer) -> u64 {
        let mut paying = 0;
        for support in &self.shop.supports.columns[usize::from(candidate)] {
            let holding = &mut self.holdings[support.voter as usize];
            if holding.purse > W::default() {
                paying += u64::from(support.weight);
                // `is_certain` has shown that who has less than this has less whatever the errors.
                let rest = holding.purse.into().saturating_sub(offer.point * u128::from(support.units));
                let off = u128::from(offer.off) * u128::from(support.units);
                let error = if rest == 0 { 0 } else { holding.error.into() + off };
                // Both fit: a purse only shrinks, and `most_off` bounds all errors together.
                *holding = Holding {
                    purse: W::try_from(rest).unwrap_or_default(),
                    error: W::try_from(error).unwrap_or_default(),
                };
            }
        }
        paying
    }
}
