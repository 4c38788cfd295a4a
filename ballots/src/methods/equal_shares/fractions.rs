//! Purses as fractions of any size: slow, and never in doubt.

use std::cmp::Ordering;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Zero;

use super::{PRICE_PLACES, Shop, Stop, UNIT};
use crate::exact::Exact;

/// What one point costs, and what one unit of satisfaction costs, in hundredths.
#[derive(Clone)]
pub(super) struct Offer {
    point: BigRational,
    rate: BigRational,
}

/// What each voter has, in hundredths.
pub(super) struct Purses<'a> {
    shop: &'a Shop<'a>,
    purses: Vec<BigRational>,
}

impl<'a> Purses<'a> {
    pub(super) fn new(shop: &'a Shop<'a>, raises: u32) -> Self {
        let raised = BigInt::from(u128::from(raises) * UNIT);
        let share = if shop.voters == 0 {
            BigRational::zero()
        } else {
            BigRational::new(shop.budget.into(), shop.voters.into()) + BigRational::from_integer(raised)
        };
        Self { shop, purses: vec![share; shop.supports.voters] }
    }
}

impl super::Purses for Purses<'_> {
    type Offer = Offer;

    fn bound(&self, _: u16) -> Offer {
        Offer { point: BigRational::zero(), rate: BigRational::zero() }
    }

    fn offer(&self, candidate: u16, bound: &Offer) -> Result<Option<Offer>, Stop> {
        let at = usize::from(candidate);
        let cost = BigRational::from_integer(self.shop.costs[at].into());
        let mut point = bound.point.clone();
        loop {
            let (mut poor, mut rich) = (BigRational::zero(), BigInt::zero());
            for support in &self.shop.supports.columns[at] {
                let purse = &self.purses[support.voter as usize];
                let (units, weight) = (BigInt::from(support.units), BigInt::from(support.weight));
                if *purse < &point * &units {
                    poor += purse * weight;
                } else {
                    rich += units * weight;
                }
            }
            if rich.is_zero() {
                // All pay everything they have. That it is just enough is seen when the last of them pays exactly that.
                return Ok(None);
            }
            let next = (&cost - poor) / rich;
            if next <= point {
                let rate = &point / BigInt::from(self.shop.worth[at]);
                return Ok(Some(Offer { point, rate }));
            }
            point = next;
        }
    }

    fn compare(&self, left: &Offer, right: &Offer) -> Option<Ordering> {
        Some(left.rate.cmp(&right.rate))
    }

    fn guess(&self, left: &Offer, right: &Offer) -> Ordering {
        left.rate.cmp(&right.rate)
    }

    fn price(&self, _: u16, offer: &Offer) -> Result<Exact, Stop> {
        let scaled = &offer.point * BigInt::from(10).pow(PRICE_PLACES) / BigInt::from(UNIT);
        Ok(Exact::decimal(scaled.floor().to_integer(), PRICE_PLACES))
    }

    fn pay(&mut self, candidate: u16, offer: &Offer) -> u64 {
        let mut paying = 0;
        for support in &self.shop.supports.columns[usize::from(candidate)] {
            let purse = &mut self.purses[support.voter as usize];
            if !purse.is_zero() {
                paying += u64::from(support.weight);
                let share = &offer.point * BigInt::from(support.units);
                *purse = if *purse < share { BigRational::zero() } else { &*purse - share };
            }
        }
        paying
    }
}
