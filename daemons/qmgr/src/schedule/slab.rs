//! Numbered places for things that refer to each other.
//!
//! The scheduler's messages, jobs and destinations form a graph with cycles. They live in slabs and name each
//! other by [`Id`], so removing one never leaves a dangling owner: an id of something gone finds nothing,
//! even after its place has been taken by another.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::ops::{Index, IndexMut};

/// The name of one thing in a [`Slab`]. Ids of things gone are never given out again.
pub struct Id<T> {
    place: u32,
    generation: u32,
    kind: PhantomData<fn() -> T>,
}

/// A growing row of places, reused after removal. `K` tells the ids of one slab from those of another.
pub struct Slab<T, K = T> {
    places: Vec<Place<T>>,
    vacant: Vec<u32>,
    kind: PhantomData<fn() -> K>,
}

struct Place<T> {
    generation: u32,
    value: Option<T>,
}

impl<T, K> Slab<T, K> {
    /// A slab with nothing in it.
    pub fn new() -> Self {
        Self {
            places: Vec::new(),
            vacant: Vec::new(),
            kind: PhantomData,
        }
    }

    /// How many things are in it.
    pub fn len(&self) -> usize {
        self.places.len() - self.vacant.len()
    }

    /// True when nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes `value` in and names it.
    pub fn insert(&mut self, value: T) -> Id<K> {
        if let Some(number) = self.vacant.pop() {
            let place = &mut self.places[number as usize];
            place.value = Some(value);
            return Id::new(number, place.generation);
        }
        let number = self.places.len() as u32;
        self.places.push(Place {
            generation: 0,
            value: Some(value),
        });
        Id::new(number, 0)
    }

    /// Gives back what `id` names, if it is still there.
    pub fn remove(&mut self, id: Id<K>) -> Option<T> {
        let place = self.places.get_mut(id.place as usize)?;
        if place.generation != id.generation {
            return None;
        }
        let value = place.value.take()?;
        place.generation = place.generation.wrapping_add(1);
        self.vacant.push(id.place);
        Some(value)
    }

    /// What `id` names, if it is still there.
    pub fn get(&self, id: Id<K>) -> Option<&T> {
        let place = self.places.get(id.place as usize)?;
        place.value.as_ref().filter(|_| place.generation == id.generation)
    }

    /// What `id` names, to be changed, if it is still there.
    pub fn get_mut(&mut self, id: Id<K>) -> Option<&mut T> {
        let place = self.places.get_mut(id.place as usize)?;
        place.value.as_mut().filter(|_| place.generation == id.generation)
    }

    /// Everything in it, with names.
    pub fn iter(&self) -> impl Iterator<Item = (Id<K>, &T)> {
        self.places.iter().enumerate().filter_map(|(number, place)| {
            place
                .value
                .as_ref()
                .map(|value| (Id::new(number as u32, place.generation), value))
        })
    }
}

impl<T, K> Index<Id<K>> for Slab<T, K> {
    type Output = T;

    fn index(&self, id: Id<K>) -> &T {
        match self.get(id) {
            Some(value) => value,
            None => panic!("{id:?} names nothing any more"),
        }
    }
}

impl<T, K> IndexMut<Id<K>> for Slab<T, K> {
    fn index_mut(&mut self, id: Id<K>) -> &mut T {
        match self.get_mut(id) {
            Some(value) => value,
            None => panic!("{id:?} names nothing any more"),
        }
    }
}

impl<T, K> Default for Slab<T, K> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Id<T> {
    fn new(place: u32, generation: u32) -> Self {
        Self {
            place,
            generation,
            kind: PhantomData,
        }
    }

    /// An id below and one above all that are given out, for ranges in ordered sets.
    pub(super) fn bounds() -> (Self, Self) {
        (Self::new(0, 0), Self::new(u32::MAX, u32::MAX))
    }
}

// Written by hand, because deriving would ask the same of `T`.
impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Id<T> {}

impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        (self.place, self.generation) == (other.place, other.generation)
    }
}

impl<T> Eq for Id<T> {}

impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.place, self.generation).cmp(&(other.place, other.generation))
    }
}

impl<T> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.place, self.generation).hash(state);
    }
}

impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.place, self.generation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_something_gone_finds_nothing_in_a_reused_place() {
        let mut slab: Slab<&str> = Slab::new();
        let first = slab.insert("first");

        assert_eq!(slab.remove(first), Some("first"));
        let second = slab.insert("second");

        assert_eq!(slab.get(first), None);
        assert_eq!(slab.remove(first), None);
        assert_eq!(slab[second], "second");
        assert_eq!(slab.len(), 1);
    }
}
