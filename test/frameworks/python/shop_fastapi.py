"""A shop in FastAPI, as its tutorial teaches it: nothing here knows of Latchkey."""

from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, FastAPI, File, Form, Header, HTTPException, Query, UploadFile
from fastapi.responses import PlainTextResponse, StreamingResponse
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm
from pydantic import BaseModel, Field

app = FastAPI(title="Shop")
oauth2 = OAuth2PasswordBearer(tokenUrl="token")


class Colour(str, Enum):
    red = "red"
    blue = "blue"


class Size(BaseModel):
    width: float
    height: float = 1.5


class Item(BaseModel):
    name: str = Field(min_length=1)
    price: Decimal = Field(gt=0)
    colour: Colour | None = None
    tags: set[str] = set()
    size: Size | None = None
    sold: datetime | None = None
    extra: dict[str, int] = {}


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int


class Dog(BaseModel):
    kind: Literal["dog"]
    barks: bool


@app.get("/items/", tags=["items"])
def list_items(
    q: str | None = None,
    tag: Annotated[list[str] | None, Query()] = None,
    since: date | None = None,
    at: datetime | None = None,
    in_stock: bool = False,
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
    colour: Colour | None = None,
    sort_by: Annotated[str, Query(alias="sort-by", pattern="^[a-z]+$")] = "name",
):
    return {"q": q, "tag": tag, "since": since, "at": at, "in_stock": in_stock, "limit": limit, "colour": colour, "sort": sort_by}


@app.post("/items/", status_code=201, tags=["items"])
def create_item(item: Item):
    return item


@app.put("/items/{item_id}", tags=["items"])
def put_item(item_id: int, item: Item, user_agent: Annotated[str | None, Header()] = None, x_tenant: Annotated[str | None, Header()] = None):
    return {"id": item_id, "item": item, "agent": user_agent is not None, "tenant": x_tenant}


@app.delete("/items/{item_id}", status_code=204, tags=["items"])
def delete_item(item_id: int):
    return None


@app.get("/items/{item_id}", tags=["items"])
def get_item(item_id: int):
    if item_id == 404:
        raise HTTPException(404, "There is no such item")
    return {"id": item_id}


@app.get("/orders/{order_id}")
def get_order(order_id: UUID):
    return {"id": order_id}


@app.get("/files/{path:path}")
def get_file(path: str):
    return PlainTextResponse(path)


@app.post("/pets")
def create_pet(pet: Annotated[Cat | Dog, Field(discriminator="kind")]):
    return pet


@app.post("/upload")
async def upload(file: UploadFile, note: Annotated[str, Form()] = ""):
    return {"name": file.filename, "size": len(await file.read()), "note": note}


@app.post("/raw-file")
async def raw_file(data: Annotated[bytes, File()]):
    return {"size": len(data)}


@app.post("/token")
def token(form: Annotated[OAuth2PasswordRequestForm, Depends()]):
    if form.password != "secret":
        raise HTTPException(400, "Incorrect username or password")
    return {"access_token": f"token-of-{form.username}", "token_type": "bearer"}


@app.get("/me")
def me(bearer: Annotated[str, Depends(oauth2)]):
    return {"token": bearer}


@app.get("/events")
def events():
    def lines():
        for number in range(3):
            yield f"data: {number}\n\n"

    return StreamingResponse(lines(), media_type="text/event-stream")
