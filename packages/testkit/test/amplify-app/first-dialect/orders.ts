/** An app whose models folder was generated years ago: its files name targets one by one, and no identifiers. */
import { DataStore, SortDirection } from "@aws-amplify/datastore";
import { Address, Customer, Item, Order, OrderState } from "./models/index.js";

export async function order(name: string, items: readonly string[]): Promise<Order> {
  const customer = await DataStore.save(
    new Customer({ name, address: new Address({ street: "Long Lane 1", city: "Ely" }) }),
  );
  const placed = await DataStore.save(
    new Order({ customerID: customer.id, placedOn: "2020-01-31", state: OrderState.OPEN }),
  );
  for (const item of items) await DataStore.save(new Item({ name: item, count: 1, order: placed }));
  return placed;
}

export async function pay(id: string): Promise<Order | undefined> {
  const found = await DataStore.query(Order, id);
  return (
    found &&
    DataStore.save(
      Order.copyOf(found, (draft) => {
        draft.state = "PAID";
      }),
    )
  );
}

export async function invoice(id: string) {
  const found = await DataStore.query(Order, id);
  const customer = found && (await DataStore.query(Customer, found.customerID));
  const items = await DataStore.query(Item, (item) => item.order.id.eq(id), {
    sort: (s) => s.name(SortDirection.ASCENDING),
  });
  return {
    customer: customer?.name,
    city: customer?.address?.city,
    orders: (await customer?.orders.toArray())?.length,
    items: items.map(({ name }) => name),
    itemsOfOrder: (await found?.items.toArray())?.length,
    state: found?.state,
  };
}
