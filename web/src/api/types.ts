export {
  type AttemptView,
  type DeliveryList,
  type DeliverySummary,
  type DeliveryView,
  type ForwardSummary,
  type ForwardView,
} from '../../../src/deliveries/delivery-view.js';
export { type LaneView as Lane } from '../../../src/deliveries/lane-views.js';
export { type LaneList } from '../../../src/deliveries/lanes.controller.js';
export {
  type Action as OperationAction,
  type Count,
  type OperationView as Operation,
} from '../../../src/deliveries/operations/operation.js';
export { type OperationList } from '../../../src/deliveries/operations/operations.controller.js';
