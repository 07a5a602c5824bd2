// @ts-check
import { initSchema } from '@aws-amplify/datastore';
import { schema } from './schema';

const OrderState = {
  "OPEN": "OPEN",
  "PAID": "PAID"
};

const { Customer, Order, Item, Address } = initSchema(schema);

export {
  Customer,
  Order,
  Item,
  OrderState,
  Address
};
