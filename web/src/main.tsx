import { render } from 'preact';

import { followAddress } from './address.js';
import { App } from './app.js';
import './styles/base.css';
import './styles/parts.css';
import './styles/views.css';

followAddress();
const page = document.getElementById('page');
if (page !== null) render(<App />, page);
